// SPDX-License-Identifier: MPL-2.0
//
// An editor without a window: cfgxml lsp as a process, spoken to over its
// standard streams by vscode-languageserver-protocol, the library with which
// Visual Studio Code speaks to its servers, and documents as that editor keeps
// them. CISCOPHONE_EDITOR is the folder with both, CFGXML the program.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(join(process.env.CISCOPHONE_EDITOR, 'here.js'));
export const lsp = require('vscode-languageserver-protocol/node');
export const { TextDocument } = require('vscode-languageserver-textdocument');

export class Editor {
  static started = [];

  // connected starts the program; start also says who the client is.
  static connected(folder) {
    const e = new Editor();
    e.folder = folder;
    e.child = spawn(process.env.CFGXML, ['lsp'], { stdio: ['pipe', 'pipe', 'inherit'] });
    e.exited = new Promise((resolve) => e.child.on('exit', resolve));
    e.connection = lsp.createProtocolConnection(new lsp.StreamMessageReader(e.child.stdout), new lsp.StreamMessageWriter(e.child.stdin));
    Editor.started.push(e);
    e.waiting = [];
    e.published = [];
    e.connection.onNotification(lsp.PublishDiagnosticsNotification.type, (p) => {
      const next = e.waiting.shift();
      next ? next(p) : e.published.push(p);
    });
    e.registered = new Promise((resolve) => e.connection.onRequest(lsp.RegistrationRequest.type, resolve));
    e.connection.listen();
    return e;
  }

  static async start(folder, { textDocument, workspace } = {}) {
    const e = Editor.connected(folder);
    e.server = await e.connection.sendRequest(lsp.InitializeRequest.type, {
      processId: process.pid, rootUri: null, workspaceFolders: null,
      capabilities: { workspace, textDocument: { publishDiagnostics: { versionSupport: true }, ...textDocument }, general: { positionEncodings: ['utf-16'] } },
    });
    await e.connection.sendNotification(lsp.InitializedNotification.type, {});
    return e;
  }

  // open gives what the server finds in a document that was opened.
  async open(name, text) {
    this.document = TextDocument.create(pathToFileURL(join(this.folder, name)).href, 'xml', 1, text);
    const { uri, version } = this.document;
    await this.connection.sendNotification(lsp.DidOpenTextDocumentNotification.type, { textDocument: { uri, version, languageId: 'xml', text } });
    return this.diagnostics();
  }

  // change makes changes in the document, in the editor's copy as the library
  // does it and in the server's as the server does.
  async change(...contentChanges) {
    this.document = TextDocument.update(this.document, contentChanges, this.document.version + 1);
    const { uri, version } = this.document;
    await this.connection.sendNotification(lsp.DidChangeTextDocumentNotification.type, { textDocument: { uri, version }, contentChanges });
    return this.diagnostics();
  }

  // replace changes the text between two offsets, as typing does.
  replace(start, end, text) {
    return this.change({ range: { start: this.document.positionAt(start), end: this.document.positionAt(end) }, text });
  }

  async diagnostics() {
    const p = this.published.shift() ?? await new Promise((resolve) => this.waiting.push(resolve));
    assert.equal(p.uri, this.document.uri);
    assert.equal(p.version, this.document.version);
    return p.diagnostics;
  }

  // at is the place before a mark in the document.
  at(mark) {
    const offset = this.document.getText().indexOf(mark);
    assert.notEqual(offset, -1, mark);
    return { textDocument: { uri: this.document.uri }, position: this.document.positionAt(offset) };
  }

  ask(type, params, token) { return this.connection.sendRequest(type, params, token); }

  hover(mark) { return this.ask(lsp.HoverRequest.type, this.at(mark)); }

  async completion(mark) { return (await this.ask(lsp.CompletionRequest.type, this.at(mark))).items; }

  actions(mark, context = {}) {
    const { textDocument, position } = this.at(mark);
    return this.ask(lsp.CodeActionRequest.type, { textDocument, range: { start: position, end: position }, context: { diagnostics: [], ...context } });
  }

  // applied is the text after a workspace edit.
  applied(edit) {
    assert.deepEqual(Object.keys(edit.changes), [this.document.uri]);
    return TextDocument.applyEdits(this.document, edit.changes[this.document.uri]);
  }

  async stop() {
    await this.connection.sendRequest(lsp.ShutdownRequest.type);
    await this.connection.sendNotification(lsp.ExitNotification.type);
    return this.exited;
  }
}

// SPDX-License-Identifier: MPL-2.0
//
// The tests of cfgxml lsp; editor.mjs says with what.

import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, test } from 'node:test';
import { Editor, TextDocument, lsp } from './editor.mjs';

const folder = mkdtempSync(join(process.env.WORK ?? tmpdir(), 'lsp '));
writeFileSync(join(folder, '.cfgxml.yaml'), 'allow-servers: [scep.example.com]\n');

// A test that failed leaves its server behind.
after(() => Editor.started.forEach((e) => e.child.kill()));

const fingerprint = '48:13:49:4d:13:7e:16:31:bb:a3:01:d5:ac:ab:6e:7b:b7:aa:74:ce:11:85:d4:56:56:5e:f5:1d:73:76:77:b2';
const documented = '4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2';

// Tabs, wide characters, characters of two code units, CR LF.
const phone = '<flat-profile>\r\n' +
  '\t<Station_Name>東京😀</Station_Name>\t<CDC_Server_1_ ua="na">https://scep.example.org/</CDC_Server_1_>\r\n' +
  `  <CDC_Root_CA_Fingerprint_1_ ua="na">${fingerprint}</CDC_Root_CA_Fingerprint_1_>\r\n` +
  '</flat-profile>\r\n';

const named = (diagnostics, code) => diagnostics.filter((d) => d.code === code);
const codes = (diagnostics) => diagnostics.map((d) => d.code).sort();

test('what the server can do', async () => {
  const e = await Editor.start(folder);
  const can = e.server.capabilities;
  assert.equal(e.server.serverInfo.name, 'cfgxml');
  assert.equal(can.positionEncoding, lsp.PositionEncodingKind.UTF16);
  assert.deepEqual(can.textDocumentSync, { openClose: true, change: lsp.TextDocumentSyncKind.Incremental });
  assert.ok(can.hoverProvider && can.completionProvider && can.codeActionProvider);
  assert.equal(await e.stop(), 0);
});

test('findings are where they are meant, by the settings of the folder', async () => {
  const e = await Editor.start(folder);
  const found = await e.open('a phone%.xml', phone);
  const text = (code) => named(found, code).map((d) => e.document.getText(d.range));
  assert.deepEqual(text('cdc-server-scheme'), ['https']);
  assert.deepEqual(text('cdc-server-allowed'), []); // of an address that phones cannot use one thing is said
  assert.deepEqual(text('cdc-fingerprint-form'), [fingerprint]);
  assert.deepEqual(text('non-ascii'), []); // a name that the phone shows
  const [scheme] = named(found, 'cdc-server-scheme');
  assert.equal(scheme.severity, lsp.DiagnosticSeverity.Error);
  assert.equal(scheme.source, 'cfgxml');
  assert.match(scheme.codeDescription.href, /\/cdc-server-scheme\.md$/);
  assert.equal(await e.stop(), 0);
});

test('a carriage return alone ends a line, as in the editor', async () => {
  const e = await Editor.start(folder);
  const found = await e.open('old.xml', '<flat-profile>\r<Station_Name>é</Station_Name>\r\n<CDC_Server_1_>https://x/</CDC_Server_1_>\r</flat-profile>\r');
  assert.deepEqual(named(found, 'cdc-server-scheme').map((d) => [d.range.start.line, e.document.getText(d.range)]), [[2, 'https']]);
  assert.equal(e.document.getText((await e.hover('https')).range), 'CDC_Server_1_');
  assert.equal(await e.stop(), 0);
});

test('changes of parts and of the whole leave the same document', async () => {
  const e = await Editor.start(folder);
  await e.open('b.xml', phone);
  // Typed: another server, letter by letter, in front of a wide character too.
  let at = phone.indexOf('https');
  await e.replace(at + 4, at + 5, '');
  let found = [];
  for (const letter of '😀東\t') {
    found = await e.replace(at, at, letter);
    at += letter.length;
  }
  assert.deepEqual(named(found, 'cdc-server-scheme').length + named(found, 'cdc-server-address').length > 0, true, codes(found));
  found = await e.replace(at - 4, at, '');
  assert.deepEqual(named(found, 'cdc-server-scheme'), []);

  // Several changes in one message, each on what the one before left.
  const start = e.document.positionAt(0);
  found = await e.change(
    { range: { start, end: start }, text: '<!-- two\r\nlines -->\n' },
    { range: { start: { line: 1, character: 0 }, end: { line: 1, character: 5 } }, text: 'rows' },
  );
  assert.ok(e.document.getText().startsWith('<!-- two\r\nrows -->\n<flat-profile>'));
  assert.deepEqual(named(found, 'cdc-server-allowed').map((d) => e.document.getText(d.range)), ['http://scep.example.org/']);

  // Any changes: what is found after them is what is found in the whole text.
  let seed = 7;
  const random = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
  const pieces = ['', 'x', '東', '😀', '\t', '\r\n', '\n', '\r', '<Station_Name>é</Station_Name>', '&amp;', '&', '<', '>'];
  for (let i = 0; i < 300; i++) {
    const text = e.document.getText();
    const from = random(text.length + 1);
    const parts = await e.replace(from, Math.min(text.length, from + random(4)), pieces[random(pieces.length)]);
    const whole = await e.change({ text: e.document.getText() });
    assert.deepEqual(parts, whole, `change ${i}: ${JSON.stringify(e.document.getText())}`);
    if (i % 50 === 49) await e.change({ text: phone });
  }
  assert.equal(await e.stop(), 0);
});

test('hover tells what a parameter is for, and its choices', async () => {
  const e = await Editor.start(folder);
  await e.open('c.xml', phone.replace('</flat', '<Phone-UI-User-Mode>x</Phone-UI-User-Mode>\n</flat'));
  const hover = await e.hover('48:13');
  assert.equal(hover.contents.kind, lsp.MarkupKind.Markdown);
  assert.match(hover.contents.value, /CDC\\_Root\\_CA\\_Fingerprint\\_1\\_/);
  assert.match(hover.contents.value, /new certificate/);
  assert.equal(e.document.getText(hover.range), 'CDC_Root_CA_Fingerprint_1_');
  assert.equal(e.document.getText((await e.hover('京😀')).range), 'Station_Name');
  assert.match((await e.hover('x</Phone')).contents.value, /Yes.*No/s);
  assert.equal(await e.hover('<flat-profile>'), null);
  assert.equal(await e.ask(lsp.HoverRequest.type, { textDocument: { uri: 'file:///nowhere.xml' }, position: { line: 9, character: 9 } }), null);
  assert.equal(await e.stop(), 0);
});

test('completion of names, ua and values while the document is not well formed', async () => {
  const e = await Editor.start(folder);
  const found = await e.open('d.xml', '<flat-profile>\n東😀<cdc_se|1\n<Station_Name ua="|2"></Station_Name>\n<Phone-UI-User-Mode>y|3</Phone-UI-User-Mode>\n' +
    '<CDC_Challenge_Password_1_>|4</CDC_Challenge_Password_1_>\n<!-- <CDC|5 -->\n</Station|6\n');
  assert.deepEqual(codes(found), ['syntax']);
  for (const [mark, want] of [['|1', 'CDC_Server_1_'], ['|2', 'na ro rw'], ['|3', 'Yes'], ['|4', ''], ['|5', '']]) {
    const items = await e.completion(mark);
    assert.equal(items.map((i) => i.label).join(' '), want, mark);
  }
  const [name] = await e.completion('|1');
  assert.equal(name.kind, lsp.CompletionItemKind.Property);
  assert.match(TextDocument.applyEdits(e.document, [name.textEdit]), /\n東😀<CDC_Server_1_\|1\n/);
  const [ending] = await e.completion('|6');
  assert.match(ending.label, /^Station/);
  assert.equal(await e.stop(), 0);
});

test('only configurations are looked at', async () => {
  const e = await Editor.start(folder);
  assert.deepEqual(await e.open('pom.xml', '<project>\n<dependency>“x” <a|1</dependency>\n'), []);
  assert.deepEqual(await e.completion('|1'), []);
  assert.equal(await e.hover('dependency'), null);
  assert.deepEqual(await e.actions('dependency'), []);
  assert.deepEqual(await e.open('page.html', '<!DOCTYPE html>\n<html><br></html>\n'), []);
  // One that becomes a configuration is one from then on.
  assert.deepEqual(await e.open('new.xml', '<flat'), []);
  assert.deepEqual(codes(await e.replace(5, 5, '-profile>')), ['syntax']);
  assert.deepEqual(codes(await e.replace(5, 9, '')), ['syntax']);
  assert.equal(await e.stop(), 0);
});

test('the nearest comes first', async () => {
  const e = await Editor.start(folder);
  await e.open('n.xml', '<flat-profile>\n<!-- <Time_Zone> -->\n<router-configuration>\n<Dial_Plan_1_/>\n<CDC_Server_1_ ua="na">http://a/b</|1\n');
  const inOrder = (items) => items.toSorted((a, b) => a.sortText < b.sortText ? -1 : 1).map((i) => i.label);
  assert.deepEqual(inOrder(await e.completion('|1')), ['CDC_Server_1_', 'router-configuration', 'flat-profile']);
  const [end] = await e.completion('|1');
  assert.match(TextDocument.applyEdits(e.document, [end.textEdit]), /<\/CDC_Server_1_>\|1/);
  await e.change({ text: '<flat-profile>\n<CDC_Server_1_ ua="na">http://a/b</CDC_Server_1_>\n<C|1\n<S|2\n' });
  assert.match(inOrder(await e.completion('|1'))[0], /^CDC_/);
  await e.change({ text: '<flat-profile>\n<CDC_Server_1_>http://a/b</CDC_Ser|1></flat-profile>\n' });
  assert.deepEqual((await e.completion('|1')).map((i) => i.label), ['CDC_Server_1_']);
  assert.equal(await e.stop(), 0);
});

test('whole elements, macros and rules to ignore', async () => {
  const e = await Editor.start(folder, { textDocument: { completion: { completionItem: { snippetSupport: true } } } });
  await e.open('s.xml', '<flat-profile>\n<!-- cfgxml:ignore cdc-server-q|1 -->\n<cdc_common|2\n<CDC_Common_Name_1_>$MA|3</CDC_Common_Name_1_>\n</flat-profile>\n');
  assert.deepEqual((await e.completion('|1')).map((i) => i.label), ['cdc-server-query']);
  const [name] = await e.completion('|2');
  assert.equal(name.insertTextFormat, lsp.InsertTextFormat.Snippet);
  assert.match(name.textEdit.newText, /^CDC_Common_Name_1_ ua="\$\{1:(na|ro|rw)\}">\$0<\/CDC_Common_Name_1_>$/);
  const macros = (await e.completion('|3')).map((i) => i.label);
  assert.ok(macros.includes('$MAU') && macros.every((m) => m.startsWith('$MA')), macros.join());
  assert.equal(await e.stop(), 0);
});

test('formatting, symbols, rename and fix all', async () => {
  const e = await Editor.start(folder);
  await e.open('fmt.xml', '<flat-profile><Station_Name ua="rw"> desk </Station_Name>\n<CDC_Challenge_Password_1_ ua="na">hunter2</CDC_Challenge_Password_1_>' +
    `<CDC_Root_CA_Fingerprint_1_ ua="na">${fingerprint}</CDC_Root_CA_Fingerprint_1_><CDC_Servr_1_ ua="na">http://a/b</CDC_Servr_1_></flat-profile>\n`);
  const textDocument = { uri: e.document.uri };
  const edits = await e.ask(lsp.DocumentFormattingRequest.type, { textDocument, options: { tabSize: 2, insertSpaces: true } });
  assert.match(TextDocument.applyEdits(e.document, edits), /^<flat-profile>\n<Station_Name ua="rw">desk<\/Station_Name>\n<CDC_Challenge/);

  const symbols = await e.ask(lsp.DocumentSymbolRequest.type, { textDocument });
  assert.deepEqual(symbols.map((s) => e.document.getText(s.selectionRange)), ['Station_Name', 'CDC_Challenge_Password_1_', 'CDC_Root_CA_Fingerprint_1_', 'CDC_Servr_1_']);
  assert.equal(JSON.stringify(symbols).includes('hunter2'), false);

  const at = e.at('Servr');
  assert.equal(e.document.getText(await e.ask(lsp.PrepareRenameRequest.type, at)), 'CDC_Servr_1_');
  const renamed = await e.ask(lsp.RenameRequest.type, { ...at, newName: 'CDC_Server_1_' });
  assert.match(e.applied(renamed), /<CDC_Server_1_ ua="na">http:\/\/a\/b<\/CDC_Server_1_>/);
  await assert.rejects(e.ask(lsp.RenameRequest.type, { ...at, newName: 'two words' }), /letters, digits/);

  // What makes a phone request a certificate is left to a person.
  const [all] = await e.actions('desk', { only: [lsp.CodeActionKind.SourceFixAll] });
  assert.equal(all.kind, lsp.CodeActionKind.SourceFixAll);
  assert.ok(e.applied(all.edit).includes('>desk<') && e.applied(all.edit).includes(fingerprint));
  assert.equal((await e.actions('desk')).some((a) => a.kind.startsWith('source')), false);
  assert.equal(await e.stop(), 0);
});

test('settings that change are used at once', async () => {
  const e = await Editor.start(folder, { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } });
  const watched = await e.registered;
  assert.equal(watched.registrations[0].registerOptions.watchers[0].globPattern, '**/.cfgxml.{yaml,yml}');
  assert.equal(named(await e.open('w.xml', phone.replace('https', 'http')), 'cdc-server-allowed').length, 1);
  const settings = join(folder, '.cfgxml.yaml');
  writeFileSync(settings, 'allow-servers: [scep.example.org]\n');
  await e.connection.sendNotification(lsp.DidChangeWatchedFilesNotification.type, { changes: [{ uri: pathToFileURL(settings).href, type: lsp.FileChangeType.Changed }] });
  assert.deepEqual(named(await e.diagnostics(), 'cdc-server-allowed'), []);
  writeFileSync(settings, 'allow-servers: [scep.example.com]\n');
  assert.equal(await e.stop(), 0);
});

test('quick fixes put right and silence', async () => {
  const e = await Editor.start(folder);
  await e.open('e.xml', phone);
  const actions = await e.actions('48:13');
  const titled = (title) => actions.find((a) => a.title === title);
  const fix = titled(`the documented form is ${documented}`);
  assert.equal(fix.kind, lsp.CodeActionKind.QuickFix);
  assert.equal(fix.isPreferred, true);
  assert.deepEqual(fix.diagnostics.map((d) => e.document.getText(d.range)), [fingerprint]);
  assert.ok(e.applied(fix.edit).includes(`<CDC_Root_CA_Fingerprint_1_ ua="na">${documented}<`));

  const silenced = e.applied(titled('ignore cdc-fingerprint-form here').edit);
  assert.ok(silenced.includes('\r\n  <!-- cfgxml:ignore cdc-fingerprint-form say why -->\r\n  <CDC_Root_CA'), silenced);
  // The reason that stands there is nobody's: it has to be written.
  assert.ok(codes(await e.change({ text: silenced })).includes('cdc-fingerprint-form'));
  const left = await e.change({ text: silenced.replace('say why', 'as the CA prints it') });
  assert.deepEqual(codes(left).filter((c) => /^ignore|fingerprint-form/.test(c)), []);

  assert.deepEqual(await e.actions('https', { only: [lsp.CodeActionKind.Refactor] }), []);
  assert.notDeepEqual(await e.actions('https', { only: [lsp.CodeActionKind.QuickFix] }), []);
  assert.deepEqual(await e.actions('<flat-profile>'), []);
  assert.equal(await e.stop(), 0);
});

test('a password shows in no answer', async () => {
  const e = await Editor.start(folder);
  const found = await e.open('f.xml', '<flat-profile>\n<CDC_Challenge_Password_1_ ua="rw">“hunter2” </CDC_Challenge_Password_1_>\n</flat-profile>\n');
  const hover = await e.hover('hunter2');
  assert.equal(JSON.stringify([found, hover]).includes('hunter2'), false);
  assert.equal(await e.stop(), 0);
});

test('a request that is cancelled is settled all the same', async () => {
  const e = await Editor.start(folder);
  await e.open('g.xml', phone);
  const source = new lsp.CancellationTokenSource();
  const asked = e.ask(lsp.HoverRequest.type, e.at('48:13'), source.token);
  source.cancel();
  await asked.catch((err) => assert.equal(err.code, lsp.LSPErrorCodes.RequestCancelled));
  assert.ok(await e.hover('48:13'));
  assert.equal(await e.stop(), 0);
});

test('errors are answers', async () => {
  const e = Editor.connected(folder);
  const code = (promise) => promise.then(() => assert.fail('no error'), (err) => err.code);
  const somewhere = { textDocument: { uri: 'file:///a.xml' }, position: { line: 0, character: 0 } };
  assert.equal(await code(e.ask(lsp.HoverRequest.type, somewhere)), lsp.ErrorCodes.ServerNotInitialized);
  const who = { processId: null, rootUri: null, workspaceFolders: null, capabilities: {} };
  await e.ask(lsp.InitializeRequest.type, who);
  assert.equal(await code(e.ask(lsp.InitializeRequest.type, who)), lsp.ErrorCodes.InvalidRequest);
  assert.equal(await code(e.ask(lsp.ReferencesRequest.type, { ...somewhere, context: { includeDeclaration: true } })), lsp.ErrorCodes.MethodNotFound);
  assert.equal(await code(e.connection.sendRequest('$/nothing')), lsp.ErrorCodes.MethodNotFound);
  assert.equal(await code(e.connection.sendRequest('textDocument/hover', [[]])), lsp.ErrorCodes.InvalidParams);
  // Requests sent as notifications and the other way round, and unknown ones.
  for (const method of ['initialize', 'textDocument/hover', 'textDocument/completion', '$/setTrace', 'workspace/didChangeConfiguration']) {
    await e.connection.sendNotification(method, somewhere);
  }
  await e.connection.sendNotification('textDocument/didChange', { textDocument: { uri: 'file:///never-opened.xml', version: 1 }, contentChanges: [{ text: 'x' }] });
  assert.equal(await code(e.connection.sendRequest('textDocument/didOpen', { textDocument: { uri: 'file:///a.xml', languageId: 'xml', version: 1, text: '' } })), lsp.ErrorCodes.MethodNotFound);

  const found = await e.open('h.xml', phone);
  assert.notEqual(found.length, 0);
  await e.connection.sendNotification(lsp.DidCloseTextDocumentNotification.type, { textDocument: { uri: e.document.uri } });
  assert.deepEqual((await new Promise((resolve) => e.waiting.push(resolve))).diagnostics, []);
  assert.equal(await e.hover('48:13'), null);

  await e.connection.sendRequest(lsp.ShutdownRequest.type);
  assert.equal(await code(e.ask(lsp.HoverRequest.type, somewhere)), lsp.ErrorCodes.InvalidRequest);
  await e.connection.sendNotification(lsp.ExitNotification.type);
  assert.equal(await e.exited, 0);
});

test('without shutdown the end is not a clean one', async () => {
  const e = await Editor.start(folder);
  await e.connection.sendNotification(lsp.ExitNotification.type);
  assert.equal(await e.exited, 1);
  const gone = await Editor.start(folder);
  gone.child.stdin.end();
  assert.equal(await gone.exited, 1);
});

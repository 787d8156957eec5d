// The editor, loaded after the first answer. It lives in a shadow root with constructed style sheets, because the page's
// Content-Security-Policy allows no style elements.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Box, Mark } from "./editor";

const theme = EditorView.theme({
  "&": { backgroundColor: "var(--field)", color: "var(--ink)", fontSize: "13px", height: "100%" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5" },
  ".cm-gutters": { backgroundColor: "var(--field)", color: "var(--dim)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--hover)" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": { backgroundColor: "var(--selection)" },
  ".cm-panels, .cm-tooltip": { backgroundColor: "var(--panel)", color: "var(--ink)", border: "1px solid var(--line)" },
  ".cm-diagnostic": { fontFamily: "var(--sans)", maxWidth: "48ch" },
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--code-name)" },
  { tag: tags.string, color: "var(--code-text)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-value)" },
]);

const SEVERITY = { ERROR: "error", SECURITY_WARNING: "warning", WARNING: "warning", SUGGESTION: "info" } as const;

export function create(host: HTMLElement, label: string, changed: (text: string) => void): Box {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open", delegatesFocus: true });
  const readOnly = new Compartment();
  let silent = false;
  const view = new EditorView({
    root,
    parent: root as unknown as Element,
    state: EditorState.create({
      extensions: [
        lineNumbers(), foldGutter(), history(), drawSelection(), indentOnInput(), bracketMatching(), highlightActiveLine(), highlightSelectionMatches(),
        search({ top: true }), json(), lintGutter(), theme, syntaxHighlighting(colours), EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
        readOnly.of(EditorState.readOnly.of(false)),
        // Esc leaves the editor, so that the keyboard focus is never trapped in it.
        keymap.of([{ key: "Escape", run: (own) => (own.contentDOM.blur(), (host.nextElementSibling as HTMLElement | null)?.focus(), true) }]),
        keymap.of([...lintKeymap.filter(({ key }) => key !== "F8"), ...searchKeymap, ...defaultKeymap, ...historyKeymap, ...foldKeymap]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !silent) changed(update.state.doc.toString());
        }),
      ],
    }),
  });
  const offset = (line: number, column: number): number => {
    const at = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
    // Columns count characters. A character outside the first plane is two units of a string.
    const before = [...at.text].slice(0, Math.max(column - 1, 0)).join("").length;
    return Math.min(at.from + before, at.to);
  };
  return {
    set(text, locked) {
      silent = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, effects: readOnly.reconfigure(EditorState.readOnly.of(locked)), scrollIntoView: false });
      silent = false;
    },
    mark(marks: Mark[]) {
      const found: Diagnostic[] = marks.map((mark) => {
        const from = offset(mark.line, mark.column);
        const to = Math.max(offset(mark.endLine, mark.endColumn), from);
        return { from, to, severity: SEVERITY[mark.level as keyof typeof SEVERITY] ?? "info", source: mark.code, message: `${mark.says}. ${mark.help}` };
      });
      view.dispatch(setDiagnostics(view.state, found));
    },
    go(line, column, focus = true) {
      const at = offset(line, column);
      view.dispatch({ selection: { anchor: at, head: view.state.doc.lineAt(at).to }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
      if (focus) view.focus();
    },
  };
}

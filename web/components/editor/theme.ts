import type { MonacoApi } from "./monaco";

/**
 * The editor takes hex colours only, and the tokens are in oklch: each is painted on one pixel and read back.
 * The colours of syntax stand here because they are nowhere else on the page.
 */
const syntax = {
  dark: { keyword: "oklch(0.79 0.09 255)", string: "oklch(0.83 0.1 150)", number: "oklch(0.84 0.1 78)", type: "oklch(0.84 0.07 200)", fn: "oklch(0.87 0.06 300)" },
  light: { keyword: "oklch(0.45 0.14 258)", string: "oklch(0.43 0.11 150)", number: "oklch(0.44 0.1 65)", type: "oklch(0.45 0.09 215)", fn: "oklch(0.44 0.13 300)" },
};

const name = "voltrun";

/** Defines the editor's theme from the page's colours, now and whenever the theme of the page changes. */
export function followTheme({ editor }: MonacoApi) {
  let dark: boolean | undefined;
  const apply = () => {
    const now = document.documentElement.classList.contains("dark");
    if (now === dark) return;
    dark = now;
    editor.defineTheme(name, themeOf(dark));
    editor.setTheme(name);
  };
  apply();
  new MutationObserver(apply).observe(document.documentElement, { attributeFilter: ["class"] });
}

function themeOf(dark: boolean) {
  const { hex, token } = colours();
  const code = dark ? syntax.dark : syntax.light;
  const rule = (scope: string, colour: string, fontStyle?: string) => ({ token: scope, foreground: colour.slice(1), ...(fontStyle && { fontStyle }) });
  const ink = token("ink");
  return {
    base: dark ? ("vs-dark" as const) : ("vs" as const),
    inherit: true,
    rules: [
      rule("", ink),
      rule("comment", token("ink-3")),
      rule("keyword", hex(code.keyword)),
      rule("string", hex(code.string)),
      rule("string.escape", hex(code.number)),
      rule("regexp", hex(code.string)),
      rule("number", hex(code.number)),
      rule("constant", hex(code.number)),
      rule("type", hex(code.type)),
      rule("type.identifier", hex(code.type)),
      rule("identifier", ink),
      rule("function", hex(code.fn)),
      rule("tag", hex(code.keyword)),
      rule("attribute.name", hex(code.fn)),
      rule("delimiter", token("ink-2")),
      rule("string.key.json", hex(code.keyword)),
      rule("string.value.json", hex(code.string)),
      rule("keyword.json", hex(code.number)),
    ],
    colors: {
      "editor.background": token("surface"),
      "editor.foreground": ink,
      "editorLineNumber.foreground": token("ink-3"),
      "editorLineNumber.activeForeground": ink,
      "editorLineNumber.dimmedForeground": token("ink-3"),
      "editor.lineHighlightBackground": token("hover") + "80",
      "editor.lineHighlightBorder": "#00000000",
      "editor.selectionBackground": hex(dark ? "oklch(0.38 0.05 122)" : "oklch(0.9 0.1 122)"),
      "editor.inactiveSelectionBackground": token("selected"),
      "editorCursor.foreground": dark ? token("accent") : ink,
      "editorIndentGuide.background1": token("hairline"),
      "editorIndentGuide.activeBackground1": token("hairline-strong"),
      "editorWhitespace.foreground": token("hairline-strong"),
      "editorWidget.background": token("surface"),
      "editorWidget.border": token("hairline-strong"),
      "editorHoverWidget.background": token("surface"),
      "editorHoverWidget.border": token("hairline-strong"),
      "editorSuggestWidget.background": token("surface"),
      "editorSuggestWidget.border": token("hairline-strong"),
      "editorSuggestWidget.selectedBackground": token("selected"),
      "editorSuggestWidget.selectedForeground": ink,
      "editorSuggestWidget.highlightForeground": token("accent-text"),
      "editorSuggestWidget.focusHighlightForeground": token("accent-text"),
      "list.hoverBackground": token("hover"),
      "list.focusBackground": token("selected"),
      "list.activeSelectionBackground": token("selected"),
      "list.activeSelectionForeground": ink,
      "list.highlightForeground": token("accent-text"),
      "editorGutter.background": token("surface"),
      "editorError.foreground": token("failure"),
      "editorWarning.foreground": token("warning"),
      // One lies on the other, and every colour of the text has 4.5:1 on both.
      "diffEditor.insertedTextBackground": token("success") + "1f",
      "diffEditor.removedTextBackground": token("failure") + "1f",
      "diffEditor.insertedLineBackground": token("success") + "0f",
      "diffEditor.removedLineBackground": token("failure") + "0f",
      "diffEditor.unchangedRegionBackground": token("sunken"),
      "scrollbarSlider.background": token("hairline-strong") + "80",
      "scrollbarSlider.hoverBackground": token("hairline-strong"),
      "scrollbarSlider.activeBackground": token("hairline-strong"),
      "scrollbar.shadow": "#00000000",
      "widget.shadow": "#00000040",
      focusBorder: token("focus"),
      "input.background": token("sunken"),
      "input.border": token("field"),
    },
  };
}

function colours() {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const paint = canvas.getContext("2d", { willReadFrequently: true });
  const style = getComputedStyle(document.documentElement);
  const hex = (colour: string): string => {
    if (!paint) return "#808080";
    paint.fillStyle = colour;
    paint.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = paint.getImageData(0, 0, 1, 1).data;
    return "#" + [red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("");
  };
  return { hex, token: (of: string) => hex(style.getPropertyValue(`--${of}`).trim()) };
}

package io.holdfast.cli.console;

import java.util.Locale;

/**
 * Makes text safe for a terminal. Names, owners, purposes, reasons and metadata are what others
 * wrote into the store: a terminal would obey the escape sequences in them, reverse lines or begin
 * new ones.
 *
 * <p>Every invisible character is escaped, as {@code \}{@code u001b}: control characters (C0, DEL,
 * C1), line and paragraph separators, format characters (those that change the direction of writing
 * are among them), and halves of surrogate pairs. All else stays as it is.
 */
public final class TerminalText {

  private TerminalText() {}

  /** The text on one line. */
  public static String line(String text) {
    if (text.codePoints().noneMatch(TerminalText::isHarmful)) {
      return text;
    }
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .forEach(
            each -> {
              if (isHarmful(each)) {
                escape(each, line);
              } else {
                line.appendCodePoint(each);
              }
            });
    return line.toString();
  }

  private static boolean isHarmful(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }

  private static void escape(int codePoint, StringBuilder into) {
    switch (codePoint) {
      case '\n' -> into.append("\\n");
      case '\r' -> into.append("\\r");
      case '\t' -> into.append("\\t");
      default -> {
        for (char half : Character.toChars(codePoint)) {
          into.append(String.format(Locale.ROOT, "\\u%04x", (int) half));
        }
      }
    }
  }
}

package io.holdfast.chaos.report;

import java.util.Locale;

/** Text that is XML and HTML at once. */
final class Markup {

  private final StringBuilder text = new StringBuilder();

  /** For text and for attributes in double quotes; what XML does not allow becomes a mark. */
  static String escape(String plain) {
    StringBuilder escaped = new StringBuilder(plain.length());
    plain
        .codePoints()
        .forEach(
            point -> {
              switch (point) {
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                case '"' -> escaped.append("&quot;");
                default -> escaped.appendCodePoint(isAllowed(point) ? point : '\ufffd');
              }
            });
    return escaped.toString();
  }

  private static boolean isAllowed(int point) {
    boolean control = point < ' ' && point != '\n' && point != '\t';
    boolean surrogate = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
    return !control && !surrogate && point < 0xfffe;
  }

  /** An element of plain text. */
  Markup element(String name, String plain) {
    text.append('<').append(name).append('>').append(escape(plain));
    text.append("</").append(name).append(">\n");
    return this;
  }

  /** Appends markup as it is. */
  Markup raw(String markup) {
    text.append(markup).append('\n');
    return this;
  }

  /** A row of a table: {@code cell} is {@code td} or {@code th}. */
  Markup row(String cell, Object... values) {
    text.append("<tr>");
    for (Object value : values) {
      text.append('<').append(cell).append('>').append(escape(value.toString()));
      text.append("</").append(cell).append('>');
    }
    text.append("</tr>\n");
    return this;
  }

  static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}

package io.holdfast.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.Key;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LockNameTest {

  /** Names before any text could be one: what is in a store under them must stay where it is. */
  private static final String FIRST_FORM = "[A-Za-z0-9][A-Za-z0-9._:@=+-]{0,199}";

  private static final int LONGEST_SEGMENT = 600;

  @ParameterizedTest
  @ValueSource(strings = {"a", "shard-3", "order:42@eu", "A.b_c=d+e", "0"})
  void segment_lettersDigitsAndSome_isTheName(String text) {
    assertThat(new LockName(text).segment()).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "order/4711,order%2F4711",
        "订单-1,%E8%AE%A2%E5%8D%95-1",
        "a b,a%20b",
        " a ,%20a%20",
        ".,%2E",
        "..,%2E.",
        ".held,%2Eheld",
        "-x,%2Dx",
        "%2F,%252F",
        "%2f,%252f",
        "~,%7E",
        "\uD83D\uDD12,%F0%9F%94%92",
        "a\u0000b,a%00b",
        "'a\nb',a%0Ab",
        "a\u007f,a%7F",
        "é,%C3%A9",
        "e\u0301,e%CC%81",
        "\ufffe,%EF%BF%BE",
      })
  void segment_anyOther_isPercentEncoded(String text, String segment) {
    assertThat(new LockName(text).segment()).isEqualTo(segment);
    assertThat(LockName.ofSegment(segment)).contains(new LockName(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // no name
        "order%2f4711", // small hexadecimal digits
        "%61", // a letter that stands for itself
        "a%2Eb", // a dot that stands for itself
        ".held",
        "-x", // not at the beginning
        "a/b",
        "a b",
        "订",
        "\u4e61", // its low byte is a letter
        "~",
        "%",
        "a%",
        "a%2",
        "%GG",
        "%+F",
        "% F",
        "%E8", // the beginning of a character
        "%80",
        "%C0%AF", // a slash in more bytes than it needs
        "%ED%A0%80", // half of a surrogate pair
        "%F5%80%80%80", // beyond Unicode
      })
  void ofSegment_notTheFormOfAName_isEmpty(String segment) {
    assertThat(LockName.ofSegment(segment)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\ud800", "\udc00", "\udd12\ud83d"})
  void name_emptyOrNoUnicode_isRefused(String text) {
    assertThatThrownBy(() -> new LockName(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a lock name");
  }

  @ParameterizedTest
  @CsvSource({"x,1", "/,1", "é,2", "订,3", "\uD83D\uDD12,4"})
  void name_length_isBoundedInBytesOfUtf8(String character, int bytes) {
    String longest = character.repeat(200 / bytes);
    String segment = new LockName(longest).segment();
    assertThat(LockName.ofSegment(segment)).contains(new LockName(longest));
    assertThat(Key.of("locks").child(segment).name()).isEqualTo(segment);

    int length = (200 / bytes + 1) * bytes;
    assertThatThrownBy(() -> new LockName(longest + character))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has " + length + " bytes in UTF-8, and may have 200");
  }

  @Test
  void toString_whatATerminalWouldObey_isEscaped() {
    assertThat(new LockName("订 a\n\u001b[2J\u202eb")).hasToString("订 a\\u000a\\u001b[2J\\u202eb");
  }

  /** One form for each name, one name for each form, and a form that both stores take. */
  @Test
  void segment_randomNames_isReversibleAndAKeyOfEveryStore() {
    SplittableRandom random = new SplittableRandom(4711);
    Map<String, String> names = new HashMap<>();
    for (int i = 0; i < 50_000; i++) {
      String text = text(random);
      String segment = new LockName(text).segment();

      assertThat(LockName.ofSegment(segment)).contains(new LockName(text));
      assertThat(names.merge(segment, text, (one, other) -> one)).isEqualTo(text);
      assertThat(segment).matches("[!-.0-~]{1," + LONGEST_SEGMENT + "}").doesNotStartWith(".");
      assertThat(segment.equals(text)).isEqualTo(text.matches(FIRST_FORM));
    }
  }

  /** Whatever is read as a name is written the same way again. */
  @Test
  void ofSegment_randomText_isEmptyOrCanonical() {
    SplittableRandom random = new SplittableRandom(4712);
    int read = 0;
    for (int i = 0; i < 50_000; i++) {
      StringBuilder segment = new StringBuilder();
      for (int j = random.nextInt(4); j >= 0; j--) {
        segment.append(random.nextInt(3) == 0 ? text(random) : "%" + hex(random) + hex(random));
      }
      var name = LockName.ofSegment(segment.toString());
      name.ifPresent(each -> assertThat(each.segment()).isEqualTo(segment.toString()));
      read += name.isPresent() ? 1 : 0;
    }
    assertThat(read).isPositive();
  }

  private static char hex(SplittableRandom random) {
    return "0123456789ABCDEFabcdefg".charAt(random.nextInt(23));
  }

  private static String text(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i >= 0; i--) {
      text.appendCodePoint(codePoint(random));
    }
    return text.toString();
  }

  /** Of each length in UTF-8, and often of those that matter to a path or to the encoding. */
  private static int codePoint(SplittableRandom random) {
    return switch (random.nextInt(6)) {
      case 0 -> "%/.~-_:@=+ 2F".codePointAt(random.nextInt(13));
      case 1 -> 'a' + random.nextInt(26);
      case 2 -> random.nextInt(0x80);
      case 3 -> random.nextInt(0x800);
      case 4 -> random.nextInt(0xd800);
      default -> 0xe000 + random.nextInt(0x110000 - 0xe000);
    };
  }
}

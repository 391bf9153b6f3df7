package io.holdfast.lock;

import io.holdfast.coordination.Key;
import io.holdfast.lock.internal.queue.OwnerDetails;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The name of a lock or an election: any Unicode text of 1 to 200 bytes in UTF-8, without halves of
 * surrogate pairs.
 *
 * <p>Names are the same if their characters are: nothing is normalised, no case is folded, and no
 * white space is cut off. {@code é} in one character and {@code e} with an accent are two locks,
 * and so are a Latin and a Cyrillic {@code a}.
 *
 * <p><b>In the store</b> a name is one segment of a key, so that no lock's queue lies inside
 * another's. A letter or digit and then letters, digits and {@code . _ : @ = + -} stand for
 * themselves. Every other byte of the UTF-8 is a {@code %} and two digits out of {@code
 * 0123456789ABCDEF}; so is one of {@code . _ : @ = + -} at the beginning. {@code order/4711} is
 * {@code order%2F4711}, and {@code ..} is {@code %2E.}. Each name has one such form and no two
 * names have the same.
 *
 * @param text the name
 */
public record LockName(String text) {

  private static final int LONGEST = 200;
  private static final char ESCAPE = '%';
  private static final String INSIDE = "._:@=+-";
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  public LockName {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("not a lock name: it is empty");
    }
    if (text.codePoints().anyMatch(LockName::isHalf)) {
      throw new IllegalArgumentException(
          "not a lock name: half of a surrogate pair is in '" + shown(text) + "'");
    }
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST) {
      throw new IllegalArgumentException(
          "not a lock name: '"
              + shown(text.substring(0, text.offsetByCodePoints(0, LONGEST / 4)))
              + "...' has "
              + length
              + " bytes in UTF-8, and may have "
              + LONGEST);
    }
  }

  /** Its form in the store: the key segment of its queue. */
  public String segment() {
    StringBuilder segment = new StringBuilder();
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      char character = (char) (each & 0xff);
      if (isPlain(character, segment.length())) {
        segment.append(character);
      } else {
        segment.append(ESCAPE).append(HEX.toHexDigits(each));
      }
    }
    return segment.toString();
  }

  /** The name whose form in the store is {@code segment}; empty if there is none. */
  public static Optional<LockName> ofSegment(String segment) {
    try {
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes(segment))).toString();
      return Optional.of(new LockName(text)).filter(name -> name.segment().equals(segment));
    } catch (CharacterCodingException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Decodes any text. If the text is not a valid form, encoding the result gives another text. */
  private static byte[] bytes(String segment) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int at = 0;
    while (at < segment.length()) {
      boolean escaped = segment.charAt(at) == ESCAPE && at + 2 < segment.length();
      bytes.write(escaped ? HexFormat.fromHexDigits(segment, at + 1, at + 3) : segment.charAt(at));
      at += escaped ? 3 : 1;
    }
    return bytes.toByteArray();
  }

  /** The lock's queue, below the directory of all. */
  public Key in(Key directory) {
    return directory.child(segment());
  }

  private static boolean isPlain(char character, int at) {
    return (character >= 'a' && character <= 'z')
        || (character >= 'A' && character <= 'Z')
        || (character >= '0' && character <= '9')
        || (at > 0 && INSIDE.indexOf(character) >= 0);
  }

  private static boolean isHalf(int codePoint) {
    return Character.getType(codePoint) == Character.SURROGATE;
  }

  private static String shown(String text) {
    return OwnerDetails.escaped(text);
  }

  /** The name, for logs and messages; characters that cannot be displayed are escaped. */
  @Override
  public String toString() {
    return shown(text);
  }
}

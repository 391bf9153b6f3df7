package io.holdfast.coordination;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A number that operators raise when the cluster's data was restored or moved. It is the first part
 * of every fencing token.
 *
 * <p>Raise it whenever the cluster's order may have gone back: after a restore from a backup, or a
 * move to another cluster. Earlier tokens then stay below all later ones. See {@link
 * io.holdfast.admin.Generations}.
 *
 * @param number 0 to {@value #GREATEST}; 0 until the first is raised
 */
public record Generation(int number) {

  /** The greatest generation that readers accept. */
  public static final int GREATEST = 999_999_999;

  public static final Key OPEN = Key.of("meta", "generations");

  /** Each number has one text: another text would name a key that nobody keeps. */
  private static final Pattern TEXT = Pattern.compile("0|[1-9][0-9]{0,8}");

  public Generation {
    if (number < 0 || number > GREATEST) {
      throw new IllegalArgumentException("a generation is 0 to " + GREATEST + ", not " + number);
    }
  }

  /** Reads what {@link #toString} gives; empty if it is anything else. */
  public static Optional<Generation> parse(String text) {
    return TEXT.matcher(text).matches()
        ? Optional.of(new Generation(Integer.parseInt(text)))
        : Optional.empty();
  }

  /**
   * The next one.
   *
   * @throws IllegalArgumentException if this is the greatest
   */
  public Generation next() {
    return new Generation(number + 1);
  }

  /** The key that exists exactly as long as this generation is the current one. */
  public Key key() {
    return OPEN.child(Integer.toString(number));
  }

  @Override
  public String toString() {
    return Integer.toString(number);
  }
}

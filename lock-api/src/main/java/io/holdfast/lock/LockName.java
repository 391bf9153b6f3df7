package io.holdfast.lock;

import java.util.regex.Pattern;

/**
 * The name of a lock: a letter or digit, then up to 199 of letters, digits and {@code . _ : @ = +
 * -}.
 *
 * <p>No {@code /}: a name is one segment of a key, so that no lock's queue lies inside another's.
 *
 * @param text the name
 */
public record LockName(String text) {

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:@=+-]{0,199}");

  public LockName {
    if (!isName(text)) {
      throw new IllegalArgumentException(
          "not a lock name: '"
              + (text.length() > 200 ? text.substring(0, 200) + "..." : text)
                  .replaceAll("[^ -~]", "?")
              + "'; use a letter or digit, then up to 199 of A-Z a-z 0-9 . _ : @ = + -");
    }
  }

  /** True if {@code text} is one. */
  static boolean isName(String text) {
    return FORM.matcher(text).matches();
  }

  @Override
  public String toString() {
    return text;
  }
}

package io.holdfast.coordination.security;

import java.io.IOException;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * A password that is fetched where it is kept whenever it is needed, so that a changed one is found
 * without a restart. Its text form says where it comes from and never what it is.
 */
public final class Secret {

  private final String source;
  private final Supplier<char[]> reader;

  private Secret(String source, Supplier<char[]> reader) {
    this.source = source;
    this.reader = reader;
  }

  /** This very password. The array may be wiped afterwards. */
  public static Secret of(char[] password) {
    char[] own = password.clone();
    return new Secret("given by the program", own::clone);
  }

  /** The first line of a file, read anew each time. */
  public static Secret fromFile(Path file) {
    return new Secret("in file " + file, () -> firstLine(file));
  }

  /** The value of an environment variable. */
  public static Secret fromEnvironment(String variable) {
    return new Secret(
        "in environment variable " + variable,
        () -> {
          String value = System.getenv(variable);
          if (value == null) {
            throw new IllegalArgumentException("environment variable " + variable + " is not set");
          }
          return value.toCharArray();
        });
  }

  /**
   * Fetches it. The caller may wipe the array.
   *
   * @throws IllegalArgumentException if it cannot be had or is empty, naming the place
   */
  public char[] read() {
    char[] password = reader.get();
    if (password.length == 0) {
      throw new IllegalArgumentException("the password " + source + " is empty");
    }
    return password;
  }

  private static char[] firstLine(Path file) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "the password file " + file + " cannot be read: " + e.getClass().getSimpleName(), e);
    }
    CharBuffer text = StandardCharsets.UTF_8.decode(java.nio.ByteBuffer.wrap(bytes));
    Arrays.fill(bytes, (byte) 0);
    int length = 0;
    while (length < text.length() && text.charAt(length) != '\n' && text.charAt(length) != '\r') {
      length++;
    }
    char[] password = new char[length];
    text.get(password);
    Arrays.fill(text.array(), '\0');
    return password;
  }

  @Override
  public String toString() {
    return "(password " + source + ")";
  }
}

package io.holdfast.coordination;

/**
 * Where something is kept: segments joined by {@code /}, relative to the namespace of the {@link
 * Coordinator}.
 *
 * <p>A segment is 1 to 600 visible ASCII characters without {@code /}, and is neither {@code .} nor
 * {@code ..}; a whole key is at most 1,024. These are the limits of the store. An application's
 * names have narrower rules: they are encoded (see {@code LockName}) or checked against a narrower
 * allow-list before they become a segment. Because a directory always ends at a {@code /}, {@code
 * svc} never matches {@code svc2}.
 *
 * <p>An {@link #absolute} key is outside the namespace, among the data of other programs. Its path
 * begins with one {@code /} before the store's own name for it, so {@code //a/b} is the etcd key
 * {@code /a/b}, and {@code /a/b} the etcd key {@code a/b}; in ZooKeeper both are the node {@code
 * /a/b}.
 *
 * @param path the segments joined by {@code /}, without one at the end; one or two at the beginning
 *     of an absolute key and none at that of any other
 */
public record Key(String path) implements Comparable<Key> {

  private static final int LONGEST_SEGMENT = 600;
  private static final int LONGEST_PATH = 1_024;

  public Key {
    if (path.length() > LONGEST_PATH) {
      throw new IllegalArgumentException("a key has at most " + LONGEST_PATH + " characters");
    }
    int start = marker(path);
    do {
      int end = path.indexOf('/', start);
      checkSegment(end < 0 ? path.substring(start) : path.substring(start, end));
      start = end + 1;
    } while (start > 0);
  }

  /** How many slashes precede the first segment; more than two are not a marker. */
  private static int marker(String path) {
    return path.startsWith("//") ? 2 : path.startsWith("/") ? 1 : 0;
  }

  /**
   * A key outside the namespace.
   *
   * @param storePath its name in the store: segments joined by {@code /}, with or without one at
   *     the beginning
   */
  public static Key absolute(String storePath) {
    return new Key("/" + storePath);
  }

  /** True if it is outside the namespace. */
  public boolean isAbsolute() {
    return path.startsWith("/");
  }

  /**
   * The store's own name for an absolute key, as given to {@link #absolute}.
   *
   * @throws IllegalStateException if it is not absolute
   */
  public String storePath() {
    if (!isAbsolute()) {
      throw new IllegalStateException(path + " is below the namespace");
    }
    return path.substring(1);
  }

  /** A key of one segment or more. */
  public static Key of(String first, String... more) {
    return new Key(more.length == 0 ? first : first + "/" + String.join("/", more));
  }

  /** True if {@code segment} can stand between two slashes. */
  public static boolean isSegment(String segment) {
    if (segment.isEmpty() || segment.length() > LONGEST_SEGMENT) {
      return false;
    }
    if (segment.equals(".") || segment.equals("..")) {
      return false;
    }
    for (int i = 0; i < segment.length(); i++) {
      char c = segment.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == '/') {
        return false;
      }
    }
    return true;
  }

  private static void checkSegment(String segment) {
    if (!isSegment(segment)) {
      throw new IllegalArgumentException(
          "not a key segment (1 to 600 visible ASCII characters, no '/', not '.' or '..'): '"
              + segment.replaceAll("[^ -~]", "?")
              + "'");
    }
  }

  /** The key below this one. */
  public Key child(String segment) {
    checkSegment(segment);
    return new Key(path + "/" + segment);
  }

  /**
   * The key above this one.
   *
   * @throws IllegalStateException if this key has one segment only
   */
  public Key parent() {
    int slash = path.lastIndexOf('/');
    if (!hasParent()) {
      throw new IllegalStateException(path + " has no parent");
    }
    return new Key(path.substring(0, slash));
  }

  /** True if a {@link #parent} exists. */
  public boolean hasParent() {
    return path.indexOf('/', marker(path)) >= 0;
  }

  /** The last segment. */
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  @Override
  public int compareTo(Key other) {
    return path.compareTo(other.path);
  }

  @Override
  public String toString() {
    return path;
  }
}

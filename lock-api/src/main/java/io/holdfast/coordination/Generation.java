package io.holdfast.coordination;

/**
 * The operator's count of lives of the cluster's data: the first part of every fencing token.
 *
 * <p>It is to be raised whenever the cluster's order may have gone back, so that tokens from before
 * stay below those that follow: after a restore from a backup, or a move to another cluster. See
 * {@link Generations}.
 *
 * @param number never negative; 0 until the first is raised
 */
public record Generation(int number) {

  static final Key OPEN = Key.of("meta", "generations");

  public Generation {
    if (number < 0) {
      throw new IllegalArgumentException("a generation is never negative: " + number);
    }
  }

  /** There exactly as long as this generation is the current one. */
  public Key key() {
    return OPEN.child(Integer.toString(number));
  }

  @Override
  public String toString() {
    return Integer.toString(number);
  }
}

package io.holdfast.coordination;

import java.util.List;
import java.util.function.Predicate;

/**
 * What stands in a directory of ours, in which somebody else may have put something too.
 *
 * @param found what could be read
 * @param unreadable what could not
 * @param <T> what it is read as
 */
public record Listed<T>(List<T> found, List<UnreadableEntry> unreadable) {

  public Listed {
    found = List.copyOf(found);
    unreadable = List.copyOf(unreadable);
  }

  /**
   * For recipes: tells names that may stand below a directory from others.
   *
   * @param isName their rule
   * @param kind what they are names of
   */
  public static Listed<String> names(
      Key directory, List<String> there, Predicate<String> isName, String kind) {
    return new Listed<>(
        there.stream().filter(isName).toList(),
        there.stream()
            .filter(isName.negate())
            .map(
                name ->
                    new UnreadableEntry(
                        directory.child(name),
                        "not the name of a "
                            + kind
                            + ", and none of ours; remove it with the store's own tools"))
            .toList());
  }
}

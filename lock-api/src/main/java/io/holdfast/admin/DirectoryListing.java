package io.holdfast.admin;

import io.holdfast.coordination.Key;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What stands in a directory of ours, in which somebody else may have put something too.
 *
 * @param found what could be read
 * @param unreadable what could not
 * @param <T> what it is read as
 */
public record DirectoryListing<T>(List<T> found, List<UnreadableEntry> unreadable) {

  public DirectoryListing {
    found = List.copyOf(found);
    unreadable = List.copyOf(unreadable);
  }

  /**
   * For recipes: tells names that may stand below a directory from others.
   *
   * @param read the name that a segment stands for; empty if it stands for none
   * @param kind what they are names of
   */
  public static DirectoryListing<String> names(
      Key directory, List<String> there, Function<String, Optional<String>> read, String kind) {
    return new DirectoryListing<>(
        there.stream().flatMap(segment -> read.apply(segment).stream()).toList(),
        there.stream()
            .filter(segment -> read.apply(segment).isEmpty())
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

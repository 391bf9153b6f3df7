package io.holdfast.admin;

import io.holdfast.coordination.Key;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The content of a directory of Holdfast, including entries that other programs have put there.
 *
 * @param found the entries that could be read
 * @param unreadable the entries that could not
 * @param <T> the type of a readable entry
 */
public record DirectoryListing<T>(List<T> found, List<UnreadableEntry> unreadable) {

  public DirectoryListing {
    found = List.copyOf(found);
    unreadable = List.copyOf(unreadable);
  }

  /**
   * For recipes: separates the valid names below a directory from other entries.
   *
   * @param read the name that a segment encodes; empty if it encodes none
   * @param kind the kind of thing that they name
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

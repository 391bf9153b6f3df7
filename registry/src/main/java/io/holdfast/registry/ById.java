package io.holdfast.registry;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Lists of registered instances in the order of their ids: what snapshots hold. In a large service
 * next to nothing changes at a time, so what is here looks at those that stay as little as it can.
 */
final class ById {

  private static final Comparator<Registered> ORDER = Comparator.comparing(Registered::id);

  private ById() {}

  /** The same instances in order. */
  static List<Registered> sorted(List<Registered> instances) {
    return isSorted(instances) ? List.copyOf(instances) : instances.stream().sorted(ORDER).toList();
  }

  private static boolean isSorted(List<Registered> instances) {
    for (int i = 1; i < instances.size(); i++) {
      if (ORDER.compare(instances.get(i - 1), instances.get(i)) > 0) {
        return false;
      }
    }
    return true;
  }

  /** The one with this id. */
  static Optional<Registered> find(List<Registered> sorted, String id) {
    int low = 0;
    int high = sorted.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Registered candidate = sorted.get(middle);
      int order = candidate.id().compareTo(id);
      if (order == 0) {
        return Optional.of(candidate);
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return Optional.empty();
  }

  /** Those of {@code before} whose ids are not in {@code after}; both in order. */
  @SuppressWarnings("ReferenceEquality") // spares the comparison of those that have stayed as is
  static List<Registered> missing(List<Registered> before, List<Registered> after) {
    List<Registered> missing = new ArrayList<>();
    int next = 0;
    for (Registered one : before) {
      while (next < after.size() && after.get(next) != one && isBefore(after.get(next), one)) {
        next++;
      }
      if (next < after.size() && after.get(next).id().equals(one.id())) {
        next++;
      } else {
        missing.add(one);
      }
    }
    return missing;
  }

  private static boolean isBefore(Registered one, Registered other) {
    return ORDER.compare(one, other) < 0;
  }
}

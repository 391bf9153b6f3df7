package io.holdfast.registry.internal.view;

import io.holdfast.registry.RegisteredInstance;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.RandomAccess;

/**
 * Registered instances that are known to be in the order of their ids. Immutable.
 *
 * <p>In a large service next to nothing changes at a time; what is here does not look at those that
 * stay, for to look at a thousand takes longer than everything else that is done for a change.
 */
public final class InstancesById extends AbstractList<RegisteredInstance> implements RandomAccess {

  static final InstancesById NOBODY = new InstancesById(List.of());

  private static final Comparator<RegisteredInstance> ORDER =
      Comparator.comparing(RegisteredInstance::id);

  private final RegisteredInstance[] inOrder;

  private InstancesById(Collection<RegisteredInstance> inOrder) {
    this.inOrder = inOrder.toArray(RegisteredInstance[]::new);
  }

  public static InstancesById of(List<RegisteredInstance> instances) {
    if (instances instanceof InstancesById there) {
      return there;
    }
    List<RegisteredInstance> sorted = new ArrayList<>(instances);
    sorted.sort(ORDER);
    return new InstancesById(sorted);
  }

  /** The one with this id. */
  public Optional<RegisteredInstance> find(String id) {
    int at = position(this, id);
    return at < 0 ? Optional.empty() : Optional.of(inOrder[at]);
  }

  /** Those whose ids are not in {@code later}. */
  @SuppressWarnings("ReferenceEquality") // those that have stayed as they were are not looked at
  List<RegisteredInstance> missingFrom(InstancesById later) {
    List<RegisteredInstance> missing = new ArrayList<>();
    int next = 0;
    for (RegisteredInstance one : inOrder) {
      while (next < later.size()
          && later.get(next) != one
          && ORDER.compare(later.get(next), one) < 0) {
        next++;
      }
      if (next < later.size()
          && (later.get(next) == one || later.get(next).id().equals(one.id()))) {
        next++;
      } else {
        missing.add(one);
      }
    }
    return missing;
  }

  /** As {@link java.util.Collections#binarySearch}. */
  private static int position(List<RegisteredInstance> sorted, String id) {
    int low = 0;
    int high = sorted.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = sorted.get(middle).id().compareTo(id);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -low - 1;
  }

  @Override
  public RegisteredInstance get(int index) {
    return inOrder[index];
  }

  @Override
  public int size() {
    return inOrder.length;
  }

  @Override
  public Object[] toArray() {
    return inOrder.clone();
  }

  /** A list that is being changed. */
  static final class Draft {

    private final List<RegisteredInstance> sorted = new ArrayList<>();

    /** Takes the place of the one with the same id. */
    void put(RegisteredInstance instance) {
      int at = position(sorted, instance.id());
      if (at >= 0) {
        sorted.set(at, instance);
      } else {
        sorted.add(-at - 1, instance);
      }
    }

    void remove(String id) {
      int at = position(sorted, id);
      if (at >= 0) {
        sorted.remove(at);
      }
    }

    InstancesById copy() {
      return new InstancesById(sorted);
    }
  }
}

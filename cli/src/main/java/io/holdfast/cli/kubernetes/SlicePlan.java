package io.holdfast.cli.kubernetes;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The writes that bring a service's slices in step: as few as can be. An endpoint stays in its
 * slice. What is new goes into slices that have to be written anyhow, then where most room is, then
 * into new ones. Of a service that has no instance left one slice stays, without endpoints.
 *
 * <p>To be done in this order: an endpoint that moves is in two slices for a moment, which readers
 * must bear, and never in none.
 *
 * @param creates slices that are not there yet
 * @param updates slices as they should be
 * @param deletes slices that have nothing left
 */
record SlicePlan(List<Slice> creates, List<Slice> updates, List<Slice> deletes) {

  /** What the controllers of Kubernetes put into one. */
  static final int MOST_ENDPOINTS = 100;

  /** A slice while it is being planned. */
  private static final class Draft {
    private final Slice slice;
    private final List<Endpoint> endpoints = new ArrayList<>();
    private boolean written;

    Draft(Slice slice) {
      this.slice = slice;
    }

    int room() {
      return MOST_ENDPOINTS - endpoints.size();
    }

    boolean isNew() {
      return slice.name().isEmpty();
    }
  }

  /**
   * Plans.
   *
   * @param there the service's slices of this publisher
   * @param wanted the endpoints that there should be; of two with one address the first counts
   */
  static SlicePlan of(
      Collection<Slice> there, Map<Slice.Kind, List<Endpoint>> wanted, Stamp stamp) {
    Set<Slice.Kind> kinds = new LinkedHashSet<>(wanted.keySet());
    there.forEach(slice -> kinds.add(slice.kind()));
    List<Draft> drafts = new ArrayList<>();
    for (Slice.Kind kind : kinds) {
      List<Slice> same = there.stream().filter(slice -> slice.kind().equals(kind)).toList();
      drafts.addAll(place(same, wanted.getOrDefault(kind, List.of()), kind, stamp));
    }
    return result(drafts, stamp);
  }

  private static List<Draft> place(
      List<Slice> there, List<Endpoint> wanted, Slice.Kind kind, Stamp stamp) {
    Map<String, Endpoint> left = new LinkedHashMap<>();
    wanted.forEach(endpoint -> left.putIfAbsent(endpoint.address(), endpoint));
    List<Draft> drafts = new ArrayList<>();
    for (Slice slice : there) {
      Draft draft = new Draft(slice);
      for (String address : slice.addresses()) {
        Endpoint same = draft.room() > 0 ? left.remove(address) : null;
        if (same != null) {
          draft.endpoints.add(same);
        }
      }
      draft.written = !slice.shows(draft.endpoints) || !stamp.isOn(slice);
      drafts.add(draft);
    }
    List<Endpoint> fresh = new ArrayList<>(left.values());
    List<Draft> roomy = new ArrayList<>(drafts);
    roomy.sort(
        Comparator.comparing((Draft draft) -> !draft.written)
            .thenComparing(Draft::room, Comparator.reverseOrder()));
    for (Draft draft : roomy) {
      fill(draft, fresh);
    }
    while (!fresh.isEmpty()) {
      Draft draft = new Draft(Slice.empty(kind, stamp.service()));
      fill(draft, fresh);
      drafts.add(draft);
    }
    return drafts;
  }

  private static void fill(Draft draft, List<Endpoint> fresh) {
    List<Endpoint> some = fresh.subList(0, Math.min(draft.room(), fresh.size()));
    if (!some.isEmpty()) {
      draft.endpoints.addAll(some);
      draft.written = true;
      some.clear();
    }
  }

  private static SlicePlan result(List<Draft> drafts, Stamp stamp) {
    SlicePlan plan = new SlicePlan(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    boolean nobody = drafts.stream().allMatch(draft -> draft.endpoints.isEmpty());
    for (Draft draft : drafts) {
      boolean stays = !draft.endpoints.isEmpty() || (nobody && draft == drafts.get(0));
      if (!stays) {
        plan.deletes.add(draft.slice);
      } else if (draft.isNew()) {
        plan.creates.add(stamp.put(draft.slice.with(draft.endpoints)));
      } else if (draft.written) {
        plan.updates.add(stamp.put(draft.slice.with(draft.endpoints)));
      }
    }
    return plan;
  }
}

package io.holdfast.admin;

import io.holdfast.admin.Deadlocks.Cycle;
import io.holdfast.admin.Deadlocks.Wait;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The waits-for graph. A party with several waits needs all of them to end. A wait ends when any
 * one of the places in its way may go (for permits there may be several). So this is an and/or
 * graph, and it is reduced first: parties that can still go are removed, until none can. Cycles
 * exist only among the parties that remain, and each of them leads into a cycle.
 */
final class WaitsFor {

  private WaitsFor() {}

  static List<Cycle> cycles(List<Wait> waits) {
    Map<String, Wait> stuck = stuck(waits);
    List<Cycle> cycles = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String start : stuck.keySet()) {
      List<String> path = new ArrayList<>();
      String at = start;
      while (seen.add(at)) {
        path.add(at);
        at = next(stuck, at);
      }
      int entry = path.indexOf(at);
      if (entry >= 0) {
        cycles.add(new Cycle(path.subList(entry, path.size()).stream().map(stuck::get).toList()));
      }
    }
    return cycles;
  }

  private static String next(Map<String, Wait> stuck, String party) {
    Wait wait = stuck.get(party);
    if (wait == null) {
      throw new IllegalStateException("not stuck: " + party);
    }
    return wait.blockers().get(0);
  }

  /** Every party that can never go, with a wait of it that cannot end. */
  private static Map<String, Wait> stuck(List<Wait> waits) {
    Set<String> parties = new HashSet<>();
    waits.forEach(wait -> parties.add(wait.party()));
    Map<String, Wait> stuck;
    do {
      stuck = new LinkedHashMap<>();
      for (Wait wait : waits) {
        if (parties.containsAll(wait.blockers())) {
          stuck.putIfAbsent(wait.party(), wait);
        }
      }
    } while (parties.retainAll(Set.copyOf(stuck.keySet())));
    return stuck;
  }
}

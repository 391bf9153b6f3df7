package io.holdfast.chaos.check;

import io.holdfast.chaos.history.History;
import io.holdfast.chaos.history.Operation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What one view of a service showed beside what was registered, for a while in which neither
 * changed. Times are the history's.
 *
 * <p>Who is there is told by the owners: an instance is missing from the moment when its owner knew
 * it registered, and a phantom from the moment when it knew it deregistered, or was dead. A view
 * may well differ for a moment; {@link HistoryCheck} says for how long it may.
 *
 * @param service the name of the service
 * @param process whose view it was
 * @param from its first moment
 * @param to the first moment after it
 * @param inTouch true if the view said that the cluster stands behind it
 * @param registered how many instances were there
 * @param shown how many instances it showed
 * @param missing those that were there and not shown, by id
 * @param phantoms those that were shown and had gone, by id
 * @param emptied true if it showed nobody, though somebody whom it had shown was still there
 */
public record Convergence(
    String service,
    String process,
    long from,
    long to,
    boolean inTouch,
    int registered,
    int shown,
    List<String> missing,
    List<String> phantoms,
    boolean emptied) {

  private static final String KIND = "registry/";

  /** All views of a history, one service and process after the other, each in time. */
  public static List<Convergence> of(History history) {
    List<Operation> operations = history.operations();
    ProcessLifetimes lifetimes = CheckContext.of(history.about(), operations).lifetimes();
    Map<String, List<Operation>> byService =
        operations.stream()
            .filter(each -> each.key().startsWith(KIND))
            .collect(Collectors.groupingBy(Operation::key, TreeMap::new, Collectors.toList()));
    List<Convergence> all = new ArrayList<>();
    byService.forEach(
        (key, ofService) -> add(key.substring(KIND.length()), ofService, lifetimes, all));
    return List.copyOf(all);
  }

  private static void add(
      String service,
      List<Operation> operations,
      ProcessLifetimes lifetimes,
      List<Convergence> all) {
    Collection<InstanceLifetime> instances = InstanceLifetime.of(operations, lifetimes);
    TreeSet<Long> changes =
        instances.stream()
            .flatMap(
                each -> LongStream.of(each.there().from(), each.there().to(), gone(each)).boxed())
            .collect(Collectors.toCollection(TreeSet::new));
    Map<String, List<Operation>> sees =
        operations.stream()
            .filter(each -> each.action().equals("see") || each.action().equals("closed"))
            .collect(Collectors.groupingBy(Operation::process, TreeMap::new, Collectors.toList()));
    sees.forEach(
        (process, ofProcess) -> {
          List<Convergence> ofView = new ArrayList<>();
          Set<String> known = new HashSet<>();
          for (ViewPeriod period : ViewPeriod.of(ofProcess, lifetimes.of(process).to())) {
            long from = period.span().from();
            for (long change :
                changes.subSet(from, false, Math.max(from, period.span().to()), false)) {
              append(between(service, period, from, change, instances, known), ofView);
              from = change;
            }
            append(between(service, period, from, period.span().to(), instances, known), ofView);
            known.addAll(period.statuses().keySet());
          }
          all.addAll(ofView);
        });
  }

  /** When nobody can have taken it for present any more. */
  private static long gone(InstanceLifetime instance) {
    return Math.min(instance.left(), instance.dead());
  }

  private static Convergence between(
      String service,
      ViewPeriod period,
      long from,
      long to,
      Collection<InstanceLifetime> instances,
      Set<String> known) {
    List<String> there =
        instances.stream()
            .filter(each -> each.there().holds(from))
            .map(InstanceLifetime::id)
            .toList();
    return new Convergence(
        service,
        period.process(),
        from,
        to,
        period.isInTouch(),
        there.size(),
        period.statuses().size(),
        there.stream().filter(id -> !period.statuses().containsKey(id)).toList(),
        instances.stream()
            .filter(each -> gone(each) <= from && period.statuses().containsKey(each.id()))
            .map(InstanceLifetime::id)
            .toList(),
        period.statuses().isEmpty() && there.stream().anyMatch(known::contains));
  }

  private static void append(Convergence next, List<Convergence> ofView) {
    if (next.to <= next.from) {
      return;
    }
    int last = ofView.size() - 1;
    if (last >= 0 && ofView.get(last).isAs(next)) {
      ofView.set(last, ofView.get(last).until(next.to));
    } else {
      ofView.add(next);
    }
  }

  private boolean isAs(Convergence next) {
    return to == next.from && until(next.to).equals(next.since(from));
  }

  private Convergence until(long end) {
    return new Convergence(
        service, process, from, end, inTouch, registered, shown, missing, phantoms, emptied);
  }

  private Convergence since(long start) {
    return new Convergence(
        service, process, start, to, inTouch, registered, shown, missing, phantoms, emptied);
  }
}

package io.holdfast.testkit.check;

import io.holdfast.testkit.history.Event;
import io.holdfast.testkit.history.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * {@link HistoryCheck} for a history that is still being written, however long: it is taken piece
 * by piece, judged as far as it is settled, and forgotten.
 *
 * <p>What is settled: everything before the earliest call of a living process that is still open,
 * before the last proof of a hold that is still open (it may turn out to have been lost since), and
 * before what all living processes have noted, with a little room for a thread that was about to
 * write. Keys with a model are judged by all that ever happened, since the model's possible states
 * go from piece to piece. The other promises are judged by what happened lately, for which longer
 * is kept than any of their bounds.
 *
 * <p>For one thread.
 */
public final class RollingCheck {

  private static final Duration ROOM_TO_WRITE = Duration.ofSeconds(2);
  private static final String RELEASE = "release";
  private static final Set<String> MEMBERSHIP = Set.of("register", "drain", "deregister");

  private final Map<String, String> about;
  private final Limits limits;
  private final Map<String, Event> open = new HashMap<>();
  private final Map<String, Operation> holds = new HashMap<>();
  private final Map<String, Long> noted = new HashMap<>();
  private final Map<String, RollingSearch<?>> searches = new HashMap<>();
  private final Map<String, Verdict> byModel = new HashMap<>();
  private final Map<String, Verdict> byPromise = new HashMap<>();
  private final Map<String, Integer> counts = new HashMap<>();
  private List<Operation> unsettled = new ArrayList<>();
  private final List<Operation> recent = new ArrayList<>();
  private long settled = Long.MIN_VALUE;
  private long fenced;

  /**
   * Begins with nothing.
   *
   * @param about the history's own, with its {@code session}
   * @param limits for each key of each piece
   */
  public RollingCheck(Map<String, String> about, Limits limits) {
    this.about = Map.copyOf(about);
    this.limits = limits;
  }

  /**
   * Takes what was noted since the last time.
   *
   * @param events in any order; all that each process that does not live any more will ever note
   * @param living the processes that may note more; nobody, to judge all to the end
   * @return the judgement on everything that is settled by now
   */
  public HistoryCheck take(List<Event> events, Set<String> living) {
    events.stream().sorted(Comparator.comparingLong(Event::nanos)).forEach(this::take);
    open.values().stream()
        .filter(call -> !living.contains(call.process()))
        .toList()
        .forEach(call -> end(call, Operation.NEVER, Map.of()));
    holds.values().stream()
        .filter(proof -> !living.contains(proof.process()))
        .toList()
        .forEach(this::endOfTheDead);
    noted.keySet().retainAll(living);
    settle(border());
    return new HistoryCheck(verdicts(), fenced);
  }

  private Map<String, Verdict> verdicts() {
    Map<String, Verdict> verdicts = new TreeMap<>(byModel);
    byPromise.forEach(
        (key, verdict) -> {
          Verdict model = byModel.getOrDefault(key, verdict);
          boolean modelHolds = model.result() == HistoryCheck.Result.VALID;
          int count = counts.getOrDefault(key, 0);
          if (verdict instanceof Verdict.Kept && modelHolds) {
            verdicts.put(key, new Verdict.Kept(count));
          } else {
            verdicts.put(key, modelHolds ? verdict : model);
          }
        });
    return verdicts;
  }

  private void take(Event event) {
    if (event.type() == Event.Type.INVOKE) {
      open.put(event.id(), event);
      noted.merge(event.process(), event.nanos(), Math::max);
      return;
    }
    Event call = open.get(event.id());
    if (call != null) {
      noted.merge(call.process(), event.nanos(), Math::max);
      switch (event.type()) {
        case OK -> end(call, event.nanos(), event.values());
        case INFO -> end(call, Operation.NEVER, Map.of());
        case FAIL, INVOKE -> open.remove(call.id());
      }
    }
  }

  private void end(Event call, long nanos, Map<String, String> answer) {
    open.remove(call.id());
    Operation operation =
        new Operation(
            call.id(),
            call.process(),
            call.key(),
            call.action(),
            call.values(),
            answer,
            call.nanos(),
            nanos);
    unsettled.add(operation);
    String hold = operation.input().getOrDefault("hold", "");
    if (operation.action().equals(RELEASE)) {
      holds.remove(hold);
    } else if (operation.completed() && !hold.isEmpty()) {
      holds.put(hold, operation);
    }
  }

  /** As for every history: it may have ended at any time after it was last proven. */
  private void endOfTheDead(Operation proof) {
    String hold = proof.asked("hold");
    holds.remove(hold);
    unsettled.add(
        new Operation(
            "end-of-" + hold,
            proof.process(),
            proof.key(),
            RELEASE,
            Map.of("hold", hold),
            Map.of(),
            proof.call(),
            Operation.NEVER));
  }

  private long border() {
    LongStream lately = noted.values().stream().mapToLong(last -> last - ROOM_TO_WRITE.toNanos());
    LongStream calls =
        Stream.concat(
                open.values().stream().map(Event::nanos),
                holds.values().stream().map(Operation::call))
            .mapToLong(Long::longValue);
    return LongStream.concat(lately, calls).min().orElse(Long.MAX_VALUE);
  }

  private void settle(long border) {
    if (border <= settled) {
      return;
    }
    List<Operation> piece =
        unsettled.stream()
            .filter(each -> each.call() < border)
            .sorted(Comparator.comparingLong(Operation::call))
            .toList();
    long before = settled;
    piece.stream()
        .filter(each -> each.call() < before)
        .forEach(
            late ->
                byModel.put(late.key(), new Verdict.Unknown(1, "came too late to judge: " + late)));
    unsettled = new ArrayList<>(unsettled.stream().filter(each -> each.call() >= border).toList());
    settled = border;
    fenced += HistoryCheck.fenced(piece);
    recent.addAll(piece);
    piece.stream()
        .filter(HistoryCheck::binds)
        .filter(HistoryCheck::hasPromises)
        .forEach(each -> counts.merge(each.key(), 1, Integer::sum));
    models(piece, border);
    promises();
    forget(border);
  }

  private void models(List<Operation> piece, long border) {
    Map<String, List<Operation>> byKey =
        piece.stream()
            .filter(HistoryCheck::binds)
            .filter(HistoryCheck::isOfAModel)
            .collect(Collectors.groupingBy(Operation::key));
    searches.keySet().forEach(key -> byKey.computeIfAbsent(key, absent -> List.of()));
    byKey.forEach(
        (key, ofKey) -> {
          RollingSearch<?> search =
              searches.computeIfAbsent(
                  key,
                  absent ->
                      key.startsWith("register/")
                          ? new RollingSearch<>(new FencedRegister(), limits)
                          : new RollingSearch<>(new LockModel(), limits));
          Verdict verdict = search.advance(ofKey, border);
          byModel.merge(key, verdict, (a, b) -> a.result() == HistoryCheck.Result.VALID ? b : a);
        });
  }

  private void promises() {
    Surroundings around = Surroundings.of(about, recent);
    recent.stream()
        .filter(HistoryCheck::binds)
        .filter(HistoryCheck::hasPromises)
        .collect(Collectors.groupingBy(Operation::key))
        .forEach(
            (key, ofKey) ->
                byPromise.merge(key, HistoryCheck.promises(ofKey, around), RollingCheck::lasting));
  }

  /** What was broken stays so, and that there is nothing to judge now does not undo what was. */
  private static Verdict lasting(Verdict before, Verdict now) {
    boolean stays =
        before.result() == HistoryCheck.Result.INVALID
            || now.result() == HistoryCheck.Result.UNKNOWN;
    return stays ? before : now;
  }

  private void forget(long border) {
    Surroundings around = Surroundings.of(about, List.of());
    long horizon = border - 2 * around.bounds().forget() - around.bounds().recover();
    Set<String> gone =
        recent.stream()
            .filter(each -> each.action().equals("deregister") && each.end() < horizon)
            .map(each -> each.asked("id"))
            .collect(Collectors.toSet());
    Map<String, Operation> lastSeen = new HashMap<>();
    recent.stream()
        .filter(each -> each.action().equals("see") && each.call() < horizon)
        .forEach(each -> lastSeen.put(each.process(), each));
    Set<Operation> last = new HashSet<>(lastSeen.values());
    recent.removeIf(
        each -> each.call() < horizon && !last.contains(each) && !lasts(each, horizon, gone));
  }

  /** A fault that goes on, and who is there: these count for longer than they took. */
  private static boolean lasts(Operation operation, long horizon, Set<String> gone) {
    if (operation.kind().equals(Surroundings.FAULT)) {
      return operation.end() >= horizon;
    }
    return MEMBERSHIP.contains(operation.action())
        && !gone.contains(operation.input().getOrDefault("id", ""));
  }
}

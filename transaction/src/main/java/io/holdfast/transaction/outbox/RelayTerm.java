package io.holdfast.transaction.outbox;

import io.holdfast.lock.LockGrant;
import io.holdfast.spi.Context;
import io.holdfast.transaction.internal.ExclusiveTask;
import io.holdfast.transaction.internal.ExclusiveTaskTerm;
import io.holdfast.transaction.internal.Failures;
import io.holdfast.transaction.internal.RepeatedFailureLog;
import io.holdfast.transaction.outbox.PendingMessage.Standing;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One relay's work under one hold of its lock: passes over what is pending, one {@link Lane} for
 * each key that something is delivered of, and marks that are saved many at a time.
 *
 * <p>A pass reads from the beginning, and never goes on from where it was: something may have been
 * committed behind it meanwhile. Keys that have a lane are left out, so that their backlog does not
 * stand in the way of others. Used in the context only.
 */
final class RelayTerm implements ExclusiveTaskTerm.Work {

  /** So that what was delivered is marked before long. */
  private static final int LONGEST_LANE = 50;

  private static final String BY_KEY = "k";
  private static final String BY_POSITION = "p";

  private static final String READ = "cannot read the outbox";
  private static final String MARK = "cannot mark messages";

  /** What a term is part of. */
  record Surroundings(
      Context context,
      OutboxStore store,
      Publisher publisher,
      RelayOptions options,
      RelayRules rules,
      InstantSource clock,
      RelayCounters counters) {}

  private final Surroundings around;
  private final Context context;
  private final DeliveryJudge judgement;
  private final LockGrant grant;
  private final RepeatedFailureLog repeatedFailureLog;
  private final ExclusiveTaskTerm term;

  /** Lanes with work that is not marked yet, by key. */
  private final Map<String, Lane> busy = new HashMap<>();

  private List<Lane> toSave = new ArrayList<>();
  private boolean saving;
  private boolean reading;

  /** There is more to do than this pass could take on. */
  private boolean more;

  private long delivered;

  /**
   * Does nothing before {@link #begin}.
   *
   * @param duty retired from when a fence tells that there is a later relay, or the store fails all
   *     the time
   */
  RelayTerm(Surroundings around, LockGrant grant, ExclusiveTask exclusiveTask) {
    this.around = around;
    this.context = around.context();
    this.judgement = new DeliveryJudge(context, around.options(), around.clock());
    this.grant = grant;
    this.repeatedFailureLog = exclusiveTask.repeatedFailureLog();
    this.term = new ExclusiveTaskTerm(context, grant, exclusiveTask::retire, this);
  }

  void begin() {
    term.begin();
  }

  /** What is under way is not marked any more; somebody delivers it again. */
  void end() {
    term.end();
  }

  /** Looks now instead of at the next interval. */
  @Override
  public void look() {
    if (term.isOver()) {
      return;
    }
    if (reading) {
      more = true;
      return;
    }
    if (!grant.isHeld()) {
      term.lookIn(around.options().interval());
      return;
    }
    term.looksNow();
    reading = true;
    more = false;
    OutboxStore.Busy without =
        new OutboxStore.Busy(
            names(BY_KEY).collect(Collectors.toSet()),
            names(BY_POSITION).map(Long::valueOf).collect(Collectors.toSet()));
    Failures.guarded(
            () ->
                around
                    .store()
                    .pending(without, around.options().window(), around.clock().instant()))
        .whenComplete((found, failure) -> context.execute(() -> arrived(found, failure)));
  }

  private Stream<String> names(String kind) {
    return busy.keySet().stream()
        .filter(name -> name.startsWith(kind))
        .map(name -> name.substring(kind.length()));
  }

  private void arrived(@Nullable List<PendingMessage> found, @Nullable Throwable failure) {
    if (term.isOver()) {
      return;
    }
    reading = false;
    if (found == null) {
      repeatedFailureLog.failed(READ, failure);
      term.lookAgain();
      return;
    }
    term.goesWell();
    repeatedFailureLog.well(READ);
    int before = busy.size();
    long from = around.rules().start(delivered);
    lanes(found.stream().filter(each -> each.position() > from).toList()).forEach(this::take);
    more |= found.size() >= around.options().window();
    if (more && hasRoom() && (busy.size() > before || busy.isEmpty())) {
      look();
    } else {
      term.lookIn(around.options().interval());
    }
  }

  private static boolean isDueAgain(PendingMessage message) {
    return message.standing() == Standing.DUE_AGAIN;
  }

  private boolean hasRoom() {
    return busy.size() < around.options().concurrency();
  }

  /** The messages of one key together; those without one by themselves. */
  private static Map<String, List<PendingMessage>> lanes(List<PendingMessage> found) {
    Map<String, List<PendingMessage>> lanes = new LinkedHashMap<>();
    for (PendingMessage each : found) {
      String name =
          each.message().key().map(key -> BY_KEY + key).orElse(BY_POSITION + each.position());
      lanes.computeIfAbsent(name, none -> new ArrayList<>()).add(each);
    }
    return lanes;
  }

  private void take(String name, List<PendingMessage> messages) {
    if (!hasRoom()) {
      more = true;
      return;
    }
    Lane lane = new Lane(name);
    for (PendingMessage each : messages) {
      if (each.standing() == Standing.BEHIND_ANOTHER && around.rules().holdsBack()) {
        lane.marks.add(new DeliveryMark.Waiting(each.position()));
      } else if (lane.messages.size() < LONGEST_LANE) {
        lane.messages.add(each);
      } else {
        more = true;
      }
    }
    busy.put(name, lane);
    lane.deliverNext();
  }

  /** Messages of one key, one after the other. */
  private final class Lane {
    private final String name;
    private final List<PendingMessage> messages = new ArrayList<>();
    private final List<DeliveryMark> marks = new ArrayList<>();
    private int next;

    Lane(String name) {
      this.name = name;
    }

    void deliverNext() {
      if (term.isOver()) {
        return;
      }
      if (next == messages.size() || !grant.isHeld()) {
        ended(this);
        return;
      }
      PendingMessage message = messages.get(next++);
      term.ask(
          around.options().deliveryTimeout(),
          () -> around.publisher().publish(message.message()),
          (answer, why) -> hear(message, answer == null ? new Delivery.Unknown(why) : answer));
    }

    private void hear(PendingMessage message, Delivery answer) {
      DeliveryMark mark = judgement.of(message, around.rules().judged(answer));
      marks.add(mark);
      around.counters().count(mark);
      if (mark instanceof DeliveryMark.Delivered) {
        delivered = Math.max(delivered, message.position());
        // Another may have waited behind it.
        more |= isDueAgain(message) && message.message().key().isPresent();
        deliverNext();
      } else if (around.rules().holdsBack()) {
        ended(this);
      } else {
        deliverNext();
      }
    }
  }

  private void ended(Lane lane) {
    toSave.add(lane);
    save();
  }

  /** One save at a time; what comes meanwhile goes with the next. */
  private void save() {
    if (saving || toSave.isEmpty() || term.isOver()) {
      return;
    }
    saving = true;
    List<Lane> lanes = toSave;
    toSave = new ArrayList<>();
    save(lanes, lanes.stream().flatMap(lane -> lane.marks.stream()).toList());
  }

  private void save(List<Lane> lanes, List<DeliveryMark> marks) {
    if (marks.isEmpty()) {
      saved(lanes);
      return;
    }
    Failures.guarded(() -> around.store().mark(grant.token(), marks))
        .whenComplete((done, failure) -> context.execute(() -> answered(lanes, marks, failure)));
  }

  private void answered(List<Lane> lanes, List<DeliveryMark> marks, @Nullable Throwable failure) {
    if (term.isOver()) {
      return;
    }
    if (failure == null) {
      repeatedFailureLog.well(MARK);
      saved(lanes);
    } else if (ExclusiveTask.isStale(failure)) {
      term.stepDown();
    } else {
      repeatedFailureLog.failed(MARK, failure);
      if (term.mayGoOn()) {
        term.again(() -> save(lanes, marks));
      }
    }
  }

  private void saved(List<Lane> lanes) {
    term.goesWell();
    saving = false;
    for (Lane lane : lanes) {
      busy.remove(lane.name);
    }
    save();
    if (more && !reading) {
      look();
    }
  }

  @Override
  public CompletionStage<Integer> forget(int most) {
    Instant before = around.clock().instant().minus(around.options().retention());
    return around.store().forget(grant.token(), before, most);
  }
}

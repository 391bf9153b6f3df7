package io.holdfast.transaction;

import io.holdfast.admin.Generations;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Generation;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks, again and again, for what was left unfinished, and finishes it. Any number of processes
 * may do so at once.
 *
 * <p>A round closes the epochs of those whose session is over, has every participant {@link
 * Settling settled}, and forgets epochs in which nothing is left. Used in the context only.
 */
final class RecoverySweep {

  private static final Logger LOG = LoggerFactory.getLogger(RecoverySweep.class);
  private static final Key SESSIONS = Key.of("sessions");

  /** Every so many rounds what a remover left half-way is looked for. */
  private static final int ROUNDS_BETWEEN_CLEANINGS = 30;

  /** So many times the pause between rounds. */
  private static final int PATIENCE = 5;

  private final Coordinator coordinator;
  private final Context context;
  private final TransactionOptions options;
  private final Epochs epochs;
  private final Map<String, DecidingParticipant> deciders = new HashMap<>();
  private final List<RememberingParticipant> remembering = new ArrayList<>();
  private final List<BranchRecovery> settlings = new ArrayList<>();

  /**
   * By when each closed epoch was seen first, as the round begun last: an earlier one may overlap.
   */
  private final Map<Epoch, Long> closedSince = new HashMap<>();

  private long rounds;
  private boolean stopped;
  private Runnable timer = () -> {};

  RecoverySweep(
      Coordinator coordinator,
      TransactionOptions options,
      Map<String, Participant> participants,
      Epochs epochs,
      Decisions decisions,
      AllBranches allBranches,
      CommitRules rules) {
    this.coordinator = coordinator;
    this.context = coordinator.context();
    this.options = options;
    this.epochs = epochs;
    participants.forEach(
        (name, participant) -> {
          if (participant instanceof DecidingParticipant decider) {
            deciders.put(name, decider);
          }
          if (participant instanceof RememberingParticipant remembers) {
            remembering.add(remembers);
          }
        });
    for (Participant participant : participants.values()) {
      settlings.add(
          new BranchRecovery(
              participant,
              deciders,
              context,
              epochs,
              decisions,
              new VoterRecovery(
                  participant,
                  epochs,
                  allBranches,
                  new ThreePhaseTermination(participants, context, options.timeout()),
                  rules),
              rules,
              coordinator::tell));
    }
  }

  void start() {
    if (stopped) {
      return;
    }
    long pause = Durations.nanos(options.sweep());
    long jittered = context.random().nextLong(pause / 2, pause + 1);
    timer = context.schedule(Duration.ofNanos(jittered), this::begin);
  }

  /** The next is begun when this round is over, or when a participant holds it up for too long. */
  private void begin() {
    AtomicBoolean over = new AtomicBoolean();
    Runnable next =
        () -> {
          if (over.compareAndSet(false, true)) {
            start();
          }
        };
    Runnable patience =
        context.schedule(Durations.bounded(options.sweep()).multipliedBy(PATIENCE), next);
    long begun = context.nanoTime();
    once()
        .whenComplete(
            (done, failure) ->
                context.execute(
                    () -> {
                      patience.run();
                      Duration took = Duration.ofNanos(context.nanoTime() - begun);
                      coordinator.tell(() -> new TransactionEvent.Swept(took, failure == null));
                      if (failure != null) {
                        LOG.debug("a round was not finished, the next comes soon", failure);
                      }
                      next.run();
                    }));
  }

  void stop() {
    stopped = true;
    timer.run();
  }

  /** One round. Fails if the cluster does not answer; participants that do not are passed over. */
  CompletableFuture<Void> once() {
    long round = ++rounds;
    return coordinator
        .session()
        .thenCompose(
            session ->
                new Generations(coordinator)
                    .current()
                    .thenCompose(generation -> once(session, generation, round)));
  }

  private CompletableFuture<Void> once(Session session, Generation generation, long round) {
    retireOthersThan(generation);
    return epochs
        .domain(session)
        .thenCompose(
            domain ->
                settle(session, domain, generation, round)
                    .thenCompose(done -> forgetClosed(session, domain, round))
                    .thenCompose(
                        done ->
                            round % ROUNDS_BETWEEN_CLEANINGS == 0
                                ? clean(session, domain, generation, round)
                                : CompletableFuture.completedFuture(null)));
  }

  /** What begins after the generation was raised shall be of the new one. */
  private void retireOthersThan(Generation generation) {
    for (OpenEpoch own : epochs.own()) {
      if (own.epoch().generation() != generation.number()) {
        own.retire();
      }
    }
  }

  private CompletableFuture<Void> settle(
      Session session, String domain, Generation generation, long round) {
    return closeDead(session)
        .thenCompose(
            done ->
                all(
                    settlings.stream()
                        .map(settling -> settling.round(session, domain, generation, round))
                        .toList()));
  }

  /**
   * The epochs are read before the sessions: an epoch is opened only by a session that is there.
   */
  private CompletableFuture<Void> closeDead(Session session) {
    List<OpenEpoch> own = epochs.own();
    return session
        .names(Epoch.OPEN, Consistency.LINEARIZABLE)
        .thenCompose(
            open ->
                session
                    .names(SESSIONS, Consistency.SEQUENTIAL)
                    .thenCompose(sessions -> closeDead(session, own, open, Set.copyOf(sessions))));
  }

  private CompletableFuture<Void> closeDead(
      Session session, List<OpenEpoch> own, List<String> open, Set<String> sessions) {
    List<CompletableFuture<?>> closings = new ArrayList<>();
    Set<String> mine = new HashSet<>();
    for (OpenEpoch each : own) {
      String name = each.epoch().name();
      mine.add(name);
      if (!open.contains(name)) {
        each.retire();
        if (each.active().isEmpty()) {
          epochs.remove(each);
        }
      } else if (!each.mayDecide() || (!each.takesMore() && each.active().isEmpty())) {
        closings.add(close(session, each.epoch(), List.of()));
      }
    }
    for (String name : open) {
      Optional<Epoch> epoch = Epoch.parse(name);
      if (epoch.isPresent() && !mine.contains(name) && !sessions.contains(epoch.get().session())) {
        Transaction.Absent dead = new Transaction.Absent(epoch.get().presence());
        closings.add(close(session, epoch.get(), List.of(dead)));
      }
    }
    return all(closings);
  }

  private CompletableFuture<Void> close(
      Session session, Epoch epoch, List<Transaction.Guard> more) {
    Payload note = coordinator.options().owner().since(Instant.now()).encode();
    return Decisions.close(session, epoch, note, more)
        .thenAccept(
            closed -> {
              if (closed) {
                LOG.info("epoch {} is closed: what it has not decided is aborted", epoch);
              }
            });
  }

  /** Forgets what is old and settled. */
  private CompletableFuture<Void> forgetClosed(Session session, String domain, long round) {
    return session
        .list(Epoch.CLOSED, Consistency.LINEARIZABLE)
        .thenCompose(
            closed -> {
              List<CompletableFuture<?>> removals = new ArrayList<>();
              Set<Epoch> there = new HashSet<>();
              for (Entry entry : closed.entries()) {
                Epoch.parse(entry.key().name())
                    .ifPresent(
                        epoch -> {
                          there.add(epoch);
                          long since = closedSince.computeIfAbsent(epoch, first -> rounds);
                          if (isOld(entry) && since < round) {
                            removals.add(forgetIfSettled(session, domain, epoch, since));
                          }
                        });
              }
              closedSince.keySet().retainAll(there);
              return all(removals);
            });
  }

  private boolean isOld(Entry closed) {
    Instant then = Owner.decode(closed.payload()).map(Owner::since).orElse(Instant.EPOCH);
    return then.plus(options.retention()).isBefore(Instant.now());
  }

  private CompletableFuture<?> forgetIfSettled(
      Session session, String domain, Epoch epoch, long since) {
    return everyDecision(session, domain, epoch)
        .thenCompose(
            all -> {
              if (!isSettled(all, epoch, since)) {
                return CompletableFuture.completedFuture(null);
              }
              Transaction forgetting =
                  Transaction.EMPTY
                      .require(new Transaction.Exists(epoch.closedKey()))
                      .delete(epoch.closedKey());
              return Decisions.refusable(session, forgetting)
                  .thenCompose(done -> delete(session, epoch));
            });
  }

  private boolean isSettled(Collection<Decision> all, Epoch epoch, long since) {
    return all.stream()
        .flatMap(decision -> decision.branches().values().stream())
        .allMatch(name -> settlings.stream().anyMatch(each -> each.hasSettled(name, epoch, since)));
  }

  /** Also those at participants; fails if one of them does not answer. */
  private CompletableFuture<List<Decision>> everyDecision(
      Session session, String domain, Epoch epoch) {
    CompletableFuture<List<Decision>> every =
        Decisions.of(session, epoch).thenApply(all -> new ArrayList<>(all.values()));
    for (DecidingParticipant decider : deciders.values()) {
      every =
          every.thenCombine(
              Decisions.closedAt(decider, domain, epoch),
              (all, there) -> {
                all.addAll(there.values());
                return all;
              });
    }
    return every;
  }

  /** Also where an operator did not look who has decided. */
  private CompletableFuture<Void> deleteIfSettled(Session session, Epoch epoch, long round) {
    return Decisions.of(session, epoch)
        .thenCompose(
            all ->
                settlings.stream().allMatch(each -> each.hasSettled(epoch, round - 1))
                        && isSettled(all.values(), epoch, round - 1)
                    ? delete(session, epoch)
                    : CompletableFuture.completedFuture(null));
  }

  private CompletableFuture<Void> delete(Session session, Epoch epoch) {
    return session
        .names(epoch.decisions(), Consistency.LINEARIZABLE)
        .thenCompose(
            sequences -> {
              List<Key> keys = new ArrayList<>();
              sequences.forEach(sequence -> keys.add(epoch.decisions().child(sequence)));
              keys.add(epoch.lowKey());
              return Decisions.delete(session, keys);
            });
  }

  /**
   * Deletes what nobody else does: the decisions of epochs that are forgotten, and in our own what
   * operators have decided of transactions that then ended by themselves. An epoch goes from open
   * to closed in one step, so one that has decisions and is then found neither open nor, after
   * that, closed, is gone. What an operator has decided since then stays until it is carried out.
   */
  private CompletableFuture<Void> clean(
      Session session, String domain, Generation generation, long round) {
    List<CompletableFuture<?>> cleanings = new ArrayList<>();
    cleanings.add(
        session
            .names(Epoch.DECISIONS, Consistency.LINEARIZABLE)
            .thenCompose(
                decided ->
                    clean(session, decided, epoch -> deleteIfSettled(session, epoch, round))));
    for (DecidingParticipant decider : deciders.values()) {
      cleanings.add(
          ForeignCalls.of(() -> decider.epochs(domain))
              .thenCompose(
                  there ->
                      clean(
                          session,
                          there,
                          epoch ->
                              ForeignCalls.of(() -> decider.forgetEpoch(domain, epoch.name()))))
              .exceptionally(nextTime -> null));
    }
    for (RememberingParticipant participant : remembering) {
      cleanings.add(
          new OutcomePruner(participant, generation)
              .forget(session, domain)
              .exceptionally(nextTime -> null));
    }
    for (OpenEpoch own : epochs.own()) {
      own.mark();
      cleanings.add(
          session
              .names(own.epoch().decisions(), Consistency.SEQUENTIAL)
              .thenAccept(there -> own.found(there.stream().map(Long::valueOf).toList())));
    }
    return all(cleanings);
  }

  private static CompletableFuture<Void> clean(
      Session session, List<String> decided, Function<Epoch, CompletableFuture<Void>> deletion) {
    return session
        .names(Epoch.OPEN, Consistency.LINEARIZABLE)
        .thenCompose(
            open ->
                session
                    .names(Epoch.CLOSED, Consistency.LINEARIZABLE)
                    .thenCompose(
                        closed ->
                            all(
                                decided.stream()
                                    .filter(name -> !open.contains(name) && !closed.contains(name))
                                    .flatMap(name -> Epoch.parse(name).stream())
                                    .map(deletion)
                                    .toList())));
  }

  /**
   * Closes what is of this process, so that others settle what is under way in it.
   *
   * @return completes when each was tried once
   */
  CompletableFuture<Void> leave() {
    return all(epochs.own().stream().map(this::leave).toList());
  }

  /** Tried on while the session lives: nobody else closes it as long as that does. */
  CompletableFuture<Void> leave(OpenEpoch own) {
    own.retire();
    if (!own.mayDecide()) {
      return CompletableFuture.completedFuture(null);
    }
    return close(own.session(), own.epoch(), List.of())
        .handle(
            (done, failure) -> {
              if (failure != null) {
                context.execute(
                    () -> context.schedule(Durations.bounded(options.sweep()), () -> leave(own)));
              }
              return null;
            });
  }

  private static CompletableFuture<Void> all(List<? extends CompletableFuture<?>> futures) {
    return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
  }
}

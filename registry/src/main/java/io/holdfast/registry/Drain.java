package io.holdfast.registry;

import io.holdfast.coordination.Consistency;
import io.holdfast.coordination.Context;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Entry;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Session;
import io.holdfast.coordination.Snapshot;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.coordination.Watch;
import io.holdfast.registry.Drained.Client;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until every client's view has passed the change that made an instance {@link
 * InstanceStatus#DRAINING}.
 *
 * <p>Three steps. It looks, up to date, until the instance is draining: that gives the revision. It
 * reads, up to date, who is in the {@link Audience}: whoever is not, begins from a later state. It
 * watches the audience until each has passed.
 *
 * <p>A client is WAITING, PASSED, MISSING (its announcement has vanished, with its session) or
 * DEPARTED (missing for {@link #grace}). Missing is not yet dead: a client whose session was lost
 * shows what it had until it has another, then announces itself under the same name, and is waited
 * for again. One that ends its view while its session goes on is simply forgotten.
 *
 * <p>A session of ours that ends starts the reading and watching anew, with the same revision. All
 * happens in the coordinator's context.
 */
final class Drain {

  private static final Logger LOG = LoggerFactory.getLogger(Drain.class);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  private final Context context;
  private final Coordinator coordinator;
  private final Key directory;
  private final Key audience;
  private final String service;
  private final String id;
  private final Duration bound;
  private final Duration grace;
  private final InstanceReader reader;
  private final long began;
  private final CompletableFuture<Drained> drained = new CompletableFuture<>();
  private final Map<String, Standing> standings = new HashMap<>();

  private @Nullable Session session;
  private @Nullable Revision revision;
  private boolean read;
  private Watch watch = () -> {};
  private Runnable stopSessions = () -> {};
  private Runnable stopTimer = () -> {};

  private enum State {
    WAITING,
    PASSED,
    MISSING,
    DEPARTED
  }

  /** How far a client is. */
  private static final class Standing {
    Client client;
    State state;

    Standing(Client client, State state) {
      this.client = client;
      this.state = state;
    }

    boolean isOpen() {
      return state == State.WAITING || state == State.MISSING;
    }
  }

  /**
   * A drain that has not begun.
   *
   * @param format where the instance is and how it is written
   * @param bound after which it ends, whoever is behind
   */
  Drain(Coordinator coordinator, RegistryFormat format, ServiceInstance instance, Duration bound) {
    if (bound.isNegative()) {
      throw new IllegalArgumentException("the bound of a drain is not negative: " + bound);
    }
    this.coordinator = coordinator;
    this.context = coordinator.context();
    this.service = instance.service();
    this.id = instance.id();
    this.directory = format.directory(service);
    this.audience = Audience.of(service, format);
    this.bound = bound;
    this.grace = coordinator.options().sessionTimeout();
    this.reader = new InstanceReader(service, format);
    this.began = context.nanoTime();
  }

  /**
   * Begins. From any thread.
   *
   * @param announced completes when the instance is meant to be draining
   */
  CompletableFuture<Drained> start(CompletableFuture<?> announced) {
    context.execute(
        () -> {
          stopTimer = context.schedule(bound, this::boundPassed);
          announced.whenComplete(
              (done, failure) ->
                  context.execute(
                      () -> {
                        if (failure == null) {
                          begin();
                        } else {
                          drained.completeExceptionally(failure);
                        }
                      }));
        });
    drained.whenComplete((result, failure) -> context.execute(this::stop));
    return drained;
  }

  private void begin() {
    if (!drained.isDone()) {
      stopSessions = coordinator.onSession(this::opened);
    }
  }

  private void stop() {
    stopTimer.run();
    stopSessions.run();
    watch.close();
    session = null;
  }

  private void opened(Session next) {
    if (drained.isDone()) {
      return;
    }
    watch.close();
    session = next;
    look(next);
  }

  private boolean isOver(Session with) {
    return with != session || drained.isDone();
  }

  private void look(Session with) {
    if (isOver(with)) {
      return;
    }
    if (revision != null) {
      readAudience(with);
      return;
    }
    with.list(directory, Consistency.LINEARIZABLE)
        .whenComplete(
            (there, failure) -> {
              if (failure == null) {
                revision = Draining.in(there, reader.read(there).instances()).get(id);
              }
              if (revision == null) {
                context.schedule(LOOK_AGAIN, () -> look(with));
              } else {
                look(with);
              }
            });
  }

  private void readAudience(Session with) {
    with.list(audience, Consistency.LINEARIZABLE)
        .whenComplete(
            (there, failure) -> {
              if (isOver(with)) {
                return;
              }
              if (failure != null) {
                context.schedule(LOOK_AGAIN, () -> look(with));
                return;
              }
              read = true;
              heard(with, there);
              watch = isOver(with) ? watch : with.watch(audience, now -> heard(with, now));
            });
  }

  private void heard(Session with, Snapshot there) {
    Revision since = revision;
    if (isOver(with) || since == null) {
      return;
    }
    Map<String, Entry> present = new HashMap<>();
    for (Entry entry : there.entries()) {
      present.put(entry.key().name(), entry);
      Viewer.decode(entry.payload()).ifPresent(viewer -> judge(entry, viewer, since));
    }
    for (Map.Entry<String, Standing> one : standings.entrySet()) {
      if (one.getValue().state == State.WAITING && !present.containsKey(one.getKey())) {
        missing(with, one.getKey(), one.getValue());
      }
    }
    endIfComplete();
  }

  private void judge(Entry entry, Viewer viewer, Revision since) {
    boolean beganLater = viewer.blank() && entry.created().compareTo(since) > 0;
    State state = beganLater || viewer.hasPassed(id, since) ? State.PASSED : State.WAITING;
    Client client = new Client(viewer.owner(), entry.session().orElse(""), viewer.shows());
    Standing standing =
        standings.computeIfAbsent(entry.key().name(), name -> new Standing(client, state));
    standing.client = client;
    standing.state = state;
  }

  /** Has it ended its view, or lost its session? */
  private void missing(Session with, String name, Standing standing) {
    standing.state = State.MISSING;
    Key presence = Key.of("sessions", standing.client.session());
    with.commit(Transaction.EMPTY.require(new Transaction.Exists(presence)))
        .whenComplete(
            (alive, failure) -> {
              if (standing.state != State.MISSING) {
                return;
              }
              if (failure == null) {
                standings.remove(name, standing);
                endIfComplete();
              } else if (isGuardFailure(failure)) {
                context.schedule(grace, () -> departed(standing));
              } else {
                context.schedule(
                    LOOK_AGAIN,
                    () -> {
                      if (standing.state == State.MISSING && !isOver(with)) {
                        missing(with, name, standing);
                      }
                    });
              }
            });
  }

  private static boolean isGuardFailure(Throwable failure) {
    return failure instanceof GuardFailedException
        || (failure instanceof CompletionException
            && failure.getCause() instanceof GuardFailedException);
  }

  private void departed(Standing standing) {
    if (standing.state == State.MISSING && !drained.isDone()) {
      LOG.warn("{} left without a word while {} was draining", standing.client, id);
      standing.state = State.DEPARTED;
      endIfComplete();
    }
  }

  private void endIfComplete() {
    if (read && !drained.isDone() && standings.values().stream().noneMatch(Standing::isOpen)) {
      end();
    }
  }

  private void boundPassed() {
    if (drained.isDone()) {
      return;
    }
    if (revision == null || !read) {
      drained.completeExceptionally(
          new UnavailableException(
              "%s/%s could not be drained within %d ms: %s"
                  .formatted(
                      service,
                      id,
                      bound.toMillis(),
                      revision == null
                          ? "it is not draining in the cluster; is it registered, and the cluster up?"
                          : "the cluster does not say who views the service; is it up?")));
    } else {
      end();
    }
  }

  private void end() {
    Drained result =
        new Drained(
            service,
            id,
            Objects.requireNonNull(revision),
            clients(Standing::isOpen),
            clients(one -> one.state == State.DEPARTED),
            Duration.ofNanos(context.nanoTime() - began));
    if (result.isComplete()) {
      LOG.info("{}", result);
    } else {
      LOG.warn("{}", result);
    }
    drained.complete(result);
  }

  private List<Client> clients(Predicate<Standing> wanted) {
    return standings.values().stream()
        .filter(wanted)
        .map(one -> one.client)
        .sorted(Comparator.comparing(Client::session))
        .toList();
  }
}

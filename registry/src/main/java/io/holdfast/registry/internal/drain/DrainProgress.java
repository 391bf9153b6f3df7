package io.holdfast.registry.internal.drain;

import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Transaction;
import io.holdfast.registry.DrainResult.Client;
import io.holdfast.registry.internal.view.ViewAnnouncement;
import io.holdfast.spi.Context;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the clients of a service are with passing the change that drains an instance.
 *
 * <p>A client is WAITING, PASSED, MISSING (its announcement has vanished, with its session) or
 * DEPARTED (missing for the grace). Missing is not yet dead: a client whose session was lost shows
 * what it had until it has another, then announces itself under the same name, and is waited for
 * again. One that ends its view while its session goes on is simply forgotten.
 *
 * <p>Everything happens in the coordinator's context.
 */
final class DrainProgress {

  private static final Logger LOG = LoggerFactory.getLogger(DrainProgress.class);
  private static final Duration ASK_AGAIN = Duration.ofMillis(100);

  private final Context context;
  private final String id;
  private final Duration grace;
  private final Runnable changed;
  private final Map<String, ClientProgress> clientsByName = new HashMap<>();
  private @Nullable Session latest;
  private boolean over;

  private enum State {
    WAITING,
    PASSED,
    MISSING,
    DEPARTED
  }

  /** How far a client is. */
  private static final class ClientProgress {
    Client client;
    State state = State.WAITING;

    /** Counts the times that it was missing; what concerned an earlier one is passed over. */
    int absence;

    ClientProgress(Client client) {
      this.client = client;
    }

    boolean isMissing(int sinceAbsence) {
      return state == State.MISSING && absence == sinceAbsence;
    }
  }

  /**
   * No client yet.
   *
   * @param id the instance that is draining
   * @param grace how long a missing client is waited for
   * @param changed called when a missing client needs to be waited for no longer
   */
  DrainProgress(Context context, String id, Duration grace, Runnable changed) {
    this.context = context;
    this.id = id;
    this.grace = grace;
    this.changed = changed;
  }

  /** Notes the clients that are there before anything has changed. */
  void note(Snapshot audience) {
    for (Entry entry : audience.entries()) {
      ViewAnnouncement.decode(entry.payload())
          .ifPresent(
              viewer ->
                  clientsByName.put(entry.key().name(), new ClientProgress(of(entry, viewer))));
    }
  }

  /**
   * Notes how far each client is.
   *
   * @param with asks after those that are missing
   * @param since the change to be passed
   */
  void heard(Session with, Snapshot audience, Revision since) {
    latest = with;
    Set<String> present = new HashSet<>();
    for (Entry entry : audience.entries()) {
      present.add(entry.key().name());
      ViewAnnouncement.decode(entry.payload()).ifPresent(viewer -> judge(entry, viewer, since));
    }
    Map.copyOf(clientsByName)
        .forEach(
            (name, progress) -> {
              if (progress.state == State.WAITING && !present.contains(name)) {
                progress.state = State.MISSING;
                progress.absence++;
                ask(name, progress, progress.absence);
              }
            });
  }

  private void judge(Entry entry, ViewAnnouncement viewer, Revision since) {
    ClientProgress progress =
        clientsByName.computeIfAbsent(
            entry.key().name(), name -> new ClientProgress(of(entry, viewer)));
    boolean beganLater = viewer.blank() && entry.created().compareTo(since) > 0;
    progress.client = of(entry, viewer);
    progress.state = beganLater || viewer.hasPassed(id, since) ? State.PASSED : State.WAITING;
  }

  private static Client of(Entry entry, ViewAnnouncement viewer) {
    return new Client(viewer.owner(), entry.session().orElse(""), viewer.shows());
  }

  /** Has it ended its view, or lost its session? */
  private void ask(String name, ClientProgress progress, int absence) {
    Session with = latest;
    if (over || with == null || !progress.isMissing(absence)) {
      return;
    }
    Key presence = Key.of("sessions", progress.client.session());
    with.commit(Transaction.EMPTY.require(new Transaction.Exists(presence)))
        .whenComplete(
            (alive, failure) -> {
              if (!progress.isMissing(absence)) {
                return;
              }
              if (failure == null) {
                clientsByName.remove(name, progress);
                changed.run();
              } else if (isGuardFailure(failure)) {
                context.schedule(grace, () -> departed(progress, absence));
              } else {
                context.schedule(ASK_AGAIN, () -> ask(name, progress, absence));
              }
            });
  }

  private static boolean isGuardFailure(Throwable failure) {
    return failure instanceof GuardFailedException
        || (failure instanceof CompletionException
            && failure.getCause() instanceof GuardFailedException);
  }

  private void departed(ClientProgress progress, int absence) {
    if (!over && progress.isMissing(absence)) {
      LOG.warn("{} left without a word while {} was draining", progress.client, id);
      progress.state = State.DEPARTED;
      changed.run();
    }
  }

  /** True if no client has to be waited for. */
  boolean isComplete() {
    return behind().isEmpty();
  }

  /** Those that have to be waited for. */
  List<Client> behind() {
    return clients(state -> state == State.WAITING || state == State.MISSING);
  }

  List<Client> departed() {
    return clients(state -> state == State.DEPARTED);
  }

  private List<Client> clients(Predicate<State> wanted) {
    return clientsByName.values().stream()
        .filter(one -> wanted.test(one.state))
        .map(one -> one.client)
        .sorted(Comparator.comparing(Client::session))
        .toList();
  }

  /** Nothing more is asked or called. */
  void end() {
    over = true;
  }
}

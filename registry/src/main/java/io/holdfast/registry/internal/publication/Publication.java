package io.holdfast.registry.internal.publication;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Transaction;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.RegistryEvent;
import io.holdfast.registry.RegistryFormat;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.internal.publication.DesiredState.Target;
import io.holdfast.registry.internal.publication.InstanceMarkers.Goodbye;
import io.holdfast.registry.internal.publication.KeyState.Absent;
import io.holdfast.registry.internal.publication.KeyState.Ours;
import io.holdfast.registry.internal.publication.KeyState.Theirs;
import io.holdfast.registry.internal.publication.KeyState.Unknown;
import io.holdfast.spi.Committed;
import io.holdfast.spi.Context;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one key in the cluster as it is meant to be.
 *
 * <p>What is known of the key, in the present session, is the one state, {@link #known}:
 *
 * <ul>
 *   <li>{@link Unknown}: a reply was lost or a guard failed; look before doing anything.
 *   <li>{@link Absent}: no session has it. Put it if it is wanted.
 *   <li>{@link Ours}: this session has it. Put it again, in place, if other content is wanted;
 *       delete it if none is.
 *   <li>{@link Theirs}: another session has it. If that was an earlier one of ours, put over it,
 *       without a gap. If this publication has never had it, delete what a predecessor left, so
 *       that the new incarnation gets a new epoch. Otherwise a newcomer has it: leave it alone.
 * </ul>
 *
 * <p>{@link #reconcile} compares it with what is wanted and takes the one next step, a question in
 * the {@link SessionRequests} with the session; every step ends in {@link #learnt} or a retry, and
 * so in {@code reconcile} again. There is no bound on retries, for the target stands until it is
 * withdrawn: then the loop ends with the key. If that went with the session, nobody waits for it
 * any more, and the next session says goodbye, if there is one. Every write is guarded by what is
 * known, so that a late one cannot undo another's.
 *
 * <p>Everything happens in the coordinator's context, unless a field says otherwise.
 */
public final class Publication implements SessionRequests.Asker {

  private static final Logger LOG = LoggerFactory.getLogger(Publication.class);

  private final Coordinator coordinator;
  private final Context context;
  private final RegistryFormat format;
  private final DirectoryReads sharedReads;
  private final Clock clock;
  private final Key key;
  private final SessionRequests sessionRequests;
  private final KeyWatch keyWatch;
  private final DesiredState desiredState;
  private final CompletableFuture<Void> published = new CompletableFuture<>();
  private final CompletableFuture<Void> withdrawn = new CompletableFuture<>();

  /** Set once, by any thread. */
  private volatile boolean withdrawing;

  private volatile @Nullable Epochs epochs;

  /** Sessions of ours that may have put the key. */
  private final Set<String> ownSessions = new HashSet<>();

  private KeyState known = new Unknown();

  /** The epoch for which a goodbye may be there while the entry is. */
  private @Nullable Revision saidGoodbyeFor;

  /** True once it was withdrawn in the cluster. */
  private boolean hasLeft;

  private boolean over;
  private Runnable stopSessions = () -> {};
  private Runnable stopClose = () -> {};

  /**
   * The registrations that this publication has had.
   *
   * @param first the earliest
   * @param current the latest
   */
  public record Epochs(Revision first, Revision current) {}

  public Publication(
      Coordinator coordinator,
      RegistryFormat format,
      DirectoryReads sharedReads,
      Clock clock,
      Duration auditEvery,
      ServiceInstance instance) {
    this.coordinator = coordinator;
    this.context = coordinator.context();
    this.format = format;
    this.sharedReads = sharedReads;
    this.clock = clock;
    this.key = format.directory(instance.service()).child(instance.id());
    this.sessionRequests = new SessionRequests(context, this);
    this.keyWatch = new KeyWatch(context, key, auditEvery, this::vanished, this::audit);
    this.desiredState = new DesiredState(instance);
  }

  // From any thread.

  public void start() {
    context.execute(
        () -> {
          if (!withdrawing) {
            stopSessions = coordinator.onSession(this::opened);
            stopClose = coordinator.onClose(this::coordinatorClosed);
            keyWatch.audit();
          }
        });
  }

  public ServiceInstance desired() {
    return desiredState.latest().instance();
  }

  public boolean isCurrent() {
    return desiredState.isReached();
  }

  /** Empty before the first publication. */
  public Optional<Epochs> epochs() {
    return Optional.ofNullable(epochs);
  }

  public CompletableFuture<Void> published() {
    return published;
  }

  public CompletableFuture<Void> update(UnaryOperator<ServiceInstance> change) {
    Target mine = desiredState.change(change);
    CompletableFuture<Void> done = new CompletableFuture<>();
    context.execute(
        () -> {
          if (over) {
            done.completeExceptionally(closedFailure());
          } else {
            desiredState.await(mine, done);
            reconcile();
          }
        });
    return done;
  }

  public CompletableFuture<Void> withdraw() {
    withdrawing = true;
    context.execute(this::reconcile);
    if (coordinator.current().isEmpty()) {
      // What may be left ends with a session that is over; the context may be closed already.
      withdrawn.complete(null);
    }
    return withdrawn;
  }

  public Key key() {
    return key;
  }

  /** True from the first {@link #withdraw} on. */
  public boolean isWithdrawing() {
    return withdrawing;
  }

  public CompletableFuture<Void> withdrawn() {
    return withdrawn;
  }

  // In the context: what is known.

  private void opened(Session next) {
    desiredState.reached(DesiredState.NONE);
    known = withdrawing ? new Unknown() : new Absent();
    keyWatch.stopWatching();
    sessionRequests.begin(next);
    reconcile();
  }

  @Override
  public void sessionOver() {
    desiredState.reached(DesiredState.NONE);
    reconcile();
  }

  @Override
  public void unsure() {
    known = new Unknown();
  }

  private void learnt(KeyState now) {
    known = now;
    Session session = sessionRequests.session();
    if (now instanceof Ours ours && ours.target() != DesiredState.NONE) {
      sessionRequests.allIsWell();
      ownSessions.removeIf(id -> session == null || !id.equals(session.id()));
      desiredState.reached(ours.target());
      published.complete(null);
    } else {
      desiredState.reached(DesiredState.NONE);
    }
    boolean held = now instanceof Ours || now instanceof Theirs;
    if (session != null && held && !withdrawing) {
      keyWatch.watch(session);
    }
    reconcile();
  }

  private void vanished(Session watched) {
    if (watched == sessionRequests.session() && !withdrawing && !sessionRequests.isBusy()) {
      learnt(new Unknown());
    }
  }

  // In the context: what to do about it.

  @Override
  public void reconcile() {
    Session now = sessionRequests.session();
    if (sessionRequests.isBusy() || over) {
      return;
    }
    if (now == null) {
      if (withdrawing && owesGoodbye()) {
        withdrawn.complete(null);
      } else if (withdrawing) {
        ended();
      }
    } else if (known instanceof Unknown) {
      look(now);
    } else if (withdrawing) {
      remove(now);
    } else {
      publish(now);
    }
  }

  private void publish(Session now) {
    Target wanted = desiredState.latest();
    if (known instanceof Absent) {
      boolean again = published.isDone() && ownSessions.equals(Set.of(now.id()));
      put(now, wanted, new Transaction.Absent(key), done -> created(wanted, again, done));
    } else if (known instanceof Ours ours && ours.target() != wanted.number()) {
      put(
          now,
          wanted,
          new Transaction.Unmodified(key, ours.modified()),
          done -> learnt(new Ours(done.revision(), wanted.number())));
    } else if (known instanceof Theirs theirs) {
      takeOver(now, wanted, theirs);
    }
  }

  private void takeOver(Session now, Target wanted, Theirs theirs) {
    Transaction.Guard asSeen = new Transaction.Unmodified(key, theirs.modified());
    if (ownSessions.contains(theirs.session())) {
      put(now, wanted, asSeen, done -> learnt(new Unknown()));
    } else if (!published.isDone()) {
      LOG.info("{} was registered by session {}, taking it over", key, theirs.session());
      Transaction removal = Transaction.EMPTY.require(asSeen).delete(key);
      sessionRequests.ask(now, now.commit(removal), done -> learnt(new Absent()));
    }
  }

  private void put(
      Session now, Target wanted, Transaction.Guard guard, Consumer<Committed> onSuccess) {
    ownSessions.add(now.id());
    Transaction transaction =
        Transaction.EMPTY.require(guard).putForSession(key, format.encode(wanted.instance()));
    sessionRequests.ask(now, now.commit(withWord(transaction, wanted.instance())), onSuccess);
  }

  /**
   * One that takes no requests says goodbye beforehand, and takes that back when it is UP again: if
   * it goes with its session, a view that was cut off does not know its last status.
   */
  private Transaction withWord(Transaction transaction, ServiceInstance instance) {
    Epochs there = epochs;
    if (there == null || !InstanceMarkers.areIn(format)) {
      return transaction;
    }
    Key left = InstanceMarkers.left(key);
    if (instance.status() != InstanceStatus.UP) {
      saidGoodbyeFor = there.current();
      return transaction.put(left, goodbye(there));
    }
    return there.current().equals(saidGoodbyeFor) ? transaction.delete(left) : transaction;
  }

  private Payload goodbye(Epochs there) {
    return InstanceMarkers.encode(new Goodbye(there.current(), clock.instant()));
  }

  /**
   * The key was absent, and is there now.
   *
   * @param again whether this session had published it before. Then somebody removed it. An entry
   *     that is gone with the session before this one is no reason to warn
   */
  private void created(Target wanted, boolean again, Committed done) {
    registeredAt(done.revision());
    if (again) {
      LOG.warn("{} was removed by another process, put back with epoch {}", key, done.revision());
    } else {
      LOG.info("{} is registered with epoch {}", key, done.revision());
    }
    ServiceInstance instance = wanted.instance();
    coordinator.tell(
        () -> new RegistryEvent.Published(instance.service(), instance.id(), done.revision()));
    learnt(new Ours(done.revision(), wanted.number()));
  }

  private void registeredAt(Revision epoch) {
    Epochs before = epochs;
    epochs = new Epochs(before == null ? epoch : before.first(), epoch);
  }

  private void remove(Session now) {
    if (known instanceof Ours ours) {
      delete(now, ours.modified());
    } else if (known instanceof Theirs theirs && ownSessions.contains(theirs.session())) {
      delete(now, theirs.modified());
    } else if (known instanceof Absent && owesGoodbye()) {
      leave(now, Transaction.EMPTY.require(new Transaction.Absent(key)));
    } else {
      ended();
    }
  }

  /** True if it went with its session, for all that is known: views may hold it. */
  private boolean owesGoodbye() {
    return epochs != null && InstanceMarkers.areIn(format) && !hasLeft;
  }

  private void delete(Session now, Revision asSeen) {
    leave(now, Transaction.EMPTY.require(new Transaction.Unmodified(key, asSeen)).delete(key));
  }

  /** With a goodbye, so that views do not take it for a crash. */
  private void leave(Session now, Transaction removal) {
    Epochs there = epochs;
    Transaction withGoodbye =
        there == null || !InstanceMarkers.areIn(format)
            ? removal
            : removal.put(InstanceMarkers.left(key), goodbye(there));
    sessionRequests.ask(
        now,
        now.commit(withGoodbye),
        done -> {
          hasLeft = true;
          learnt(new Absent());
        });
  }

  /** Nothing more can be done, and the session takes with it what is there. */
  private void coordinatorClosed() {
    if (!over) {
      withdrawing = true;
      ended();
    }
  }

  private void ended() {
    over = true;
    stopSessions.run();
    stopClose.run();
    keyWatch.stop();
    published.completeExceptionally(closedFailure());
    desiredState.giveUp(closedFailure());
    LOG.info("{} is no longer registered", key);
    ServiceInstance instance = desired();
    coordinator.tell(() -> new RegistryEvent.Withdrawn(instance.service(), instance.id()));
    withdrawn.complete(null);
  }

  private IllegalStateException closedFailure() {
    return new IllegalStateException(
        "the registration of "
            + key
            + " is closed"
            + (coordinator.isClosed() ? ", as is " + coordinator : ""));
  }

  // In the context: looking.

  private void look(Session now) {
    sessionRequests.ask(now, sharedReads.at(now, key.parent()), there -> seen(now, there));
  }

  private void seen(Session now, Snapshot there) {
    Optional<Entry> entry =
        there.entries().stream().filter(candidate -> candidate.key().equals(key)).findFirst();
    learnt(entry.map(found -> judged(now, found)).orElseGet(Absent::new));
  }

  private KeyState judged(Session now, Entry entry) {
    String holder = entry.session().orElse("");
    if (!holder.equals(now.id()) || !ownSessions.contains(holder)) {
      boolean isNews = !ownSessions.contains(holder) && !(known instanceof Theirs);
      if (published.isDone() && !withdrawing && isNews) {
        LOG.warn("{} was registered by another process, session {}; standing by", key, holder);
      }
      return new Theirs(entry.modified(), holder);
    }
    registeredAt(entry.created());
    Target wanted = desiredState.latest();
    boolean asWanted = entry.payload().equals(format.encode(wanted.instance()));
    return new Ours(entry.modified(), asWanted ? wanted.number() : DesiredState.NONE);
  }

  /** Costs the cluster one comparison; catches what the watch missed. */
  private void audit() {
    Session now = sessionRequests.session();
    if (now == null || sessionRequests.isBusy() || withdrawing) {
      return;
    }
    if (known instanceof Ours ours) {
      Transaction.Guard unchanged = new Transaction.Unmodified(key, ours.modified());
      sessionRequests.ask(
          now, now.commit(Transaction.EMPTY.require(unchanged)), done -> reconcile());
    } else if (known instanceof Theirs) {
      look(now);
    }
  }
}

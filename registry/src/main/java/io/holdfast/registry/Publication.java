package io.holdfast.registry;

import io.holdfast.coordination.Committed;
import io.holdfast.coordination.Consistency;
import io.holdfast.coordination.Context;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Entry;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Session;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.Snapshot;
import io.holdfast.coordination.Transaction;
import io.holdfast.registry.Known.Absent;
import io.holdfast.registry.Known.Ours;
import io.holdfast.registry.Known.Theirs;
import io.holdfast.registry.Known.Unknown;
import io.holdfast.registry.Wishes.Wish;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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
 *   <li>{@link Absent}: nobody has it. Put it if it is wanted.
 *   <li>{@link Ours}: this session has it. Put it again, in place, if other content is wanted;
 *       delete it if none is.
 *   <li>{@link Theirs}: another session has it. If that was an earlier one of ours, put over it,
 *       without a gap. If this publication has never had it, delete what a predecessor left, so
 *       that the new incarnation gets a new epoch. Otherwise a newcomer has it: leave it alone.
 * </ul>
 *
 * <p>{@link #reconcile} compares it with what is wanted and takes the one next step; every step
 * ends in {@link #learnt} or a retry, and so in {@code reconcile} again. There is no bound on
 * retries, for the wish stands until it is withdrawn: then the loop ends with the key or with the
 * session, whichever goes first. Every write is guarded by what is known, so that a late one cannot
 * undo somebody else's.
 *
 * <p>Everything happens in the coordinator's context, unless a field says otherwise.
 */
final class Publication {

  private static final Logger LOG = LoggerFactory.getLogger(Publication.class);
  private final Coordinator coordinator;
  private final Context context;
  private final Duration auditEvery;
  private final RegistryFormat format;
  private final Key key;
  private final Backoff backoff;
  private final CompletableFuture<Void> published = new CompletableFuture<>();
  private final CompletableFuture<Void> withdrawn = new CompletableFuture<>();

  private final Wishes wishes;

  /** Set once, by any thread. */
  private volatile boolean withdrawing;

  private volatile @Nullable Revision epoch;

  /** Sessions of ours that may have put the key. */
  private final Set<String> ownSessions = new HashSet<>();

  private Known known = new Unknown();
  private @Nullable Session session;
  private boolean busy;
  private boolean over;
  private Runnable stopSessions = () -> {};
  private Runnable stopAudit = () -> {};
  private CompletableFuture<Void> gone = CompletableFuture.completedFuture(null);

  Publication(
      Coordinator coordinator,
      Duration auditEvery,
      RegistryFormat format,
      ServiceInstance instance) {
    this.coordinator = coordinator;
    this.context = coordinator.context();
    this.auditEvery = auditEvery;
    this.format = format;
    this.key = format.directory(instance.service()).child(instance.id());
    this.backoff = new Backoff(context.random());
    this.wishes = new Wishes(instance);
  }

  // From any thread.

  void start() {
    context.execute(
        () -> {
          if (!withdrawing) {
            stopSessions = coordinator.onSession(this::opened);
            auditLater();
          }
        });
  }

  ServiceInstance desired() {
    return wishes.latest().instance();
  }

  boolean isCurrent() {
    return wishes.areFulfilled();
  }

  Optional<Revision> epoch() {
    return Optional.ofNullable(epoch);
  }

  CompletableFuture<Void> published() {
    return published;
  }

  CompletableFuture<Void> update(UnaryOperator<ServiceInstance> change) {
    Wish mine = wishes.change(change);
    CompletableFuture<Void> done = new CompletableFuture<>();
    context.execute(
        () -> {
          if (over) {
            done.completeExceptionally(closedFailure());
          } else {
            wishes.await(mine, done);
            reconcile();
          }
        });
    return done;
  }

  CompletableFuture<Void> withdraw() {
    withdrawing = true;
    context.execute(this::reconcile);
    if (coordinator.current().isEmpty()) {
      // What may be left ends with a session that is over; the context may be closed already.
      withdrawn.complete(null);
    }
    return withdrawn;
  }

  Key key() {
    return key;
  }

  /** True from the first {@link #withdraw} on. */
  boolean isWithdrawing() {
    return withdrawing;
  }

  CompletableFuture<Void> withdrawn() {
    return withdrawn;
  }

  // In the context.

  private void opened(Session next) {
    session = next;
    busy = false;
    wishes.fulfilled(Wishes.NONE);
    known = withdrawing ? new Unknown() : new Absent();
    gone.cancel(false);
    next.lost().whenComplete((reason, none) -> context.execute(() -> sessionOver(next)));
    reconcile();
  }

  private void sessionOver(Session lost) {
    if (session == lost) {
      session = null;
      busy = false;
      wishes.fulfilled(Wishes.NONE);
      reconcile();
    }
  }

  private void reconcile() {
    Session now = session;
    if (busy || over) {
      return;
    }
    if (now == null) {
      if (withdrawing) {
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

  private void remove(Session now) {
    if (known instanceof Ours ours) {
      delete(now, ours.modified());
    } else if (known instanceof Theirs theirs && ownSessions.contains(theirs.session())) {
      delete(now, theirs.modified());
    } else {
      ended();
    }
  }

  private void delete(Session now, Revision asSeen) {
    Transaction.Guard unchanged = new Transaction.Unmodified(key, asSeen);
    commit(now, Transaction.EMPTY.require(unchanged).delete(key), done -> learnt(new Absent()));
  }

  private void publish(Session now) {
    Wish wanted = wishes.latest();
    if (known instanceof Absent) {
      put(now, wanted, new Transaction.Absent(key), done -> created(wanted, done));
    } else if (known instanceof Ours ours && ours.wish() != wanted.number()) {
      put(
          now,
          wanted,
          new Transaction.Unmodified(key, ours.modified()),
          done -> learnt(new Ours(done.revision(), wanted.number())));
    } else if (known instanceof Theirs theirs) {
      takeOver(now, wanted, theirs);
    }
  }

  private void takeOver(Session now, Wish wanted, Theirs theirs) {
    if (ownSessions.contains(theirs.session())) {
      Transaction.Guard asSeen = new Transaction.Unmodified(key, theirs.modified());
      put(now, wanted, asSeen, done -> learnt(new Unknown()));
    } else if (!published.isDone()) {
      LOG.info("{} was registered by session {}, taking it over", key, theirs.session());
      delete(now, theirs.modified());
    }
  }

  private void put(
      Session now, Wish wanted, Transaction.Guard guard, Consumer<Committed> onSuccess) {
    ownSessions.add(now.id());
    commit(
        now,
        Transaction.EMPTY.require(guard).putForSession(key, format.encode(wanted.instance())),
        onSuccess);
  }

  private void created(Wish wanted, Committed done) {
    epoch = done.revision();
    LOG.info("{} is registered with epoch {}", key, done.revision());
    learnt(new Ours(done.revision(), wanted.number()));
  }

  private void look(Session now) {
    busy = true;
    now.list(key.parent(), Consistency.LINEARIZABLE)
        .whenComplete((there, failure) -> answered(now, there, failure, this::seen));
  }

  private void seen(Snapshot there) {
    Optional<Entry> entry =
        there.entries().stream().filter(candidate -> candidate.key().equals(key)).findFirst();
    if (entry.isEmpty() && published.isDone() && !withdrawing) {
      LOG.warn("{} is no longer in the cluster, putting it back", key);
    }
    learnt(entry.map(this::judged).orElseGet(Absent::new));
  }

  private Known judged(Entry entry) {
    Session now = session;
    String holder = entry.session().orElse("");
    if (now == null || !holder.equals(now.id())) {
      if (published.isDone() && !ownSessions.contains(holder) && !(known instanceof Theirs)) {
        LOG.warn("{} was registered by another process, session {}; standing by", key, holder);
      }
      return new Theirs(entry.modified(), holder);
    }
    epoch = entry.created();
    Wish wanted = wishes.latest();
    boolean asWanted = entry.payload().equals(format.encode(wanted.instance()));
    return new Ours(entry.modified(), asWanted ? wanted.number() : Wishes.NONE);
  }

  private void commit(Session now, Transaction transaction, Consumer<Committed> onSuccess) {
    busy = true;
    now.commit(transaction)
        .whenComplete((done, failure) -> answered(now, done, failure, onSuccess));
  }

  private <T> void answered(
      Session asked, T answer, @Nullable Throwable failure, Consumer<T> onSuccess) {
    if (asked != session) {
      return;
    }
    busy = false;
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause == null) {
      onSuccess.accept(answer);
    } else if (cause instanceof SessionLostException) {
      sessionOver(asked);
    } else if (cause instanceof GuardFailedException || cause instanceof IndeterminateException) {
      known = new Unknown();
      retry(cause);
    } else {
      retry(cause);
    }
  }

  /** Looks at once after the first failure, and waits ever longer after more. */
  private void retry(Throwable cause) {
    LOG.debug("{} is not as it should be, trying again", key, cause);
    boolean first = backoff.isFresh();
    Duration pause = backoff.next();
    if (first && known instanceof Unknown) {
      reconcile();
    } else {
      context.schedule(pause, this::reconcile);
    }
  }

  private void learnt(Known now) {
    known = now;
    if (now instanceof Ours ours && ours.wish() != Wishes.NONE) {
      backoff.reset();
      ownSessions.removeIf(id -> session == null || !id.equals(session.id()));
      published.complete(null);
      wishes.fulfilled(ours.wish());
    } else {
      wishes.fulfilled(Wishes.NONE);
    }
    watchForRemoval();
    reconcile();
  }

  // Guarding what is published.

  /** Learns at once when the key vanishes, whoever holds it. */
  private void watchForRemoval() {
    Session now = session;
    boolean held = known instanceof Ours || known instanceof Theirs;
    if (now == null || !held || withdrawing || !gone.isDone()) {
      return;
    }
    gone = now.gone(key);
    gone.thenRun(() -> vanished(now));
  }

  private void vanished(Session watched) {
    if (watched == session && !withdrawing && !busy) {
      learnt(new Unknown());
    }
  }

  private void auditLater() {
    stopAudit = context.schedule(auditEvery, this::audit);
  }

  /** Costs the cluster one comparison; catches what {@link #watchForRemoval} missed. */
  private void audit() {
    Session now = session;
    if (now != null && !busy && !withdrawing) {
      if (known instanceof Ours ours) {
        commit(
            now,
            Transaction.EMPTY.require(new Transaction.Unmodified(key, ours.modified())),
            done -> reconcile());
      } else if (known instanceof Theirs) {
        look(now);
      }
    }
    auditLater();
  }

  private void ended() {
    over = true;
    stopSessions.run();
    stopAudit.run();
    gone.cancel(false);
    published.completeExceptionally(closedFailure());
    wishes.giveUp(closedFailure());
    LOG.info("{} is no longer registered", key);
    withdrawn.complete(null);
  }

  private IllegalStateException closedFailure() {
    return new IllegalStateException("the registration of " + key + " is closed");
  }
}

package io.holdfast.admin;

import io.holdfast.admin.QueueMember.Role;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockName;
import io.holdfast.lock.internal.local.LocalQueue;
import io.holdfast.lock.internal.local.LocalQueues;
import io.holdfast.lock.internal.queue.Acquisition;
import io.holdfast.lock.internal.queue.Admission;
import io.holdfast.lock.internal.queue.HoldPlaces;
import io.holdfast.lock.internal.queue.LockClaim;
import io.holdfast.lock.internal.queue.LockMode;
import io.holdfast.lock.internal.queue.OwnerDetails;
import io.holdfast.lock.internal.queue.RemovalNotices;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.ReadAccess;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who holds and who waits in the queues of a namespace's locks, for operators and their tools.
 * Cheap to make; safe for use by many threads.
 */
public final class LockQueues {

  private static final Logger LOG = LoggerFactory.getLogger(LockQueues.class);
  private static final Key DIRECTORY = Key.of("locks");

  private final Coordinator coordinator;
  private final Key directory;

  /** The queues of the locks in the namespace of {@code coordinator}. */
  public LockQueues(Coordinator coordinator) {
    this(coordinator, DIRECTORY);
  }

  /**
   * Queues below another directory, for recipes that keep their queues separate.
   *
   * @param directory as given to {@link io.holdfast.lock.Locks}
   */
  public LockQueues(Coordinator coordinator, Key directory) {
    this.coordinator = coordinator;
    this.directory = directory;
  }

  /**
   * The names of all locks with a holder or waiter; may include some that have none any more.
   *
   * @return fails with {@link io.holdfast.coordination.UnavailableException}
   */
  public CompletableFuture<List<String>> names() {
    return told(listed().thenApply(DirectoryListing::found));
  }

  /** Like {@link #names}, and also lists the entries that are not locks. */
  public CompletableFuture<DirectoryListing<String>> inspectNames() {
    return told(listed());
  }

  private <T> CompletableFuture<T> told(CompletableFuture<T> here) {
    return coordinator.context().told(here);
  }

  private CompletableFuture<DirectoryListing<String>> listed() {
    return coordinator
        .reading()
        .thenCompose(reading -> reading.names(directory, Consistency.LINEARIZABLE))
        .thenApply(names -> names.stream().filter(name -> !name.equals(LockClaim.HELD)).toList())
        .thenApply(
            there ->
                DirectoryListing.names(
                    directory,
                    there,
                    name -> LockName.ofSegment(name).map(LockName::text),
                    "lock or election"));
  }

  /**
   * Who holds a lock and who waits for it, in order.
   *
   * @return fails with {@link io.holdfast.coordination.UnavailableException}
   */
  public CompletableFuture<List<QueueMember>> queue(String name) {
    Key queue = queueOf(new LockName(name));
    return told(
        coordinator
            .reading()
            .thenCompose(
                reading ->
                    reading
                        .list(queue, Consistency.LINEARIZABLE)
                        .thenApply(snapshot -> owners(reading, snapshot))));
  }

  /**
   * The holder and the waiters of a lock that share a place in this process, through this
   * coordinator, in order. {@link #queue} shows them as one member, with {@link
   * QueueMember#isShared}. Sends no request.
   *
   * @return empty if nobody does
   */
  public List<LocalQueueMember> localQueue(String name) {
    return LocalQueues.of(coordinator)
        .known(queueOf(new LockName(name)))
        .map(LocalQueue::members)
        .orElse(List.of())
        .stream()
        .map(LocalQueueMember::new)
        .toList();
  }

  /**
   * Reports every change in the queues of all locks whose names begin with {@code prefix}: first
   * each present member, as if it had just joined, and then each change. If the session is lost,
   * the watch goes on in the next one, and reports what has changed meanwhile. A member that comes
   * and goes between two reads is not reported. A new lock is noticed within about a second, and
   * changes in quick succession may be reported as one.
   *
   * @param observer called where {@link io.holdfast.spi.Callbacks} run, by one thread at a time, in
   *     order. A slow observer is called late, and gets only the latest state of a queue. Its
   *     exceptions are logged
   * @return stops the watch when closed
   */
  public LockWatch watch(String prefix, Consumer<? super LockChange> observer) {
    return new LockWatch(coordinator, directory, prefix, observer);
  }

  public Key queueOf(LockName name) {
    return name.in(directory);
  }

  /**
   * Removes the place of a holder or waiter, and the other places of the same hold. A holder's
   * grant turns LOST as soon as its process hears of it. The next holder gets a greater token, so a
   * resource that checks tokens is safe from the victim from then on. A waiter's acquisition fails
   * with {@link RemovedFromQueueException}, within a second if its process can be reached; so do
   * the acquisitions of all threads that share the place. A foreign client is removed too, but may
   * not notice. The audit trail gets an entry in the same step.
   *
   * @param victim the member, as {@link #queue} has just shown it
   * @param reason for the audit trail, and for the victim to read
   * @return false if it was gone already. Fails with {@link
   *     io.holdfast.coordination.UnavailableException} or {@link
   *     io.holdfast.coordination.SessionLostException} (no effect), or {@link
   *     io.holdfast.coordination.IndeterminateException}: then look at the queue
   */
  public CompletableFuture<Boolean> forceRelease(QueueMember victim, String reason) {
    return told(released(victim, reason));
  }

  private CompletableFuture<Boolean> released(QueueMember victim, String reason) {
    AuditEntry entry = AuditEntry.shortened("lock.release", victim.key() + ": " + victim, reason);
    return coordinator
        .session()
        .thenCompose(
            session ->
                session
                    .list(victim.key().parent(), Consistency.SEQUENTIAL)
                    .thenCompose(
                        queue ->
                            RemovalNotices.noting(
                                removal(victim, queue, session),
                                coordinator.options().owner(),
                                reason,
                                session))
                    .thenCompose(
                        removal -> new AuditTrail(coordinator).noting(entry, removal, session))
                    .thenCompose(session::commit))
        .handle(
            (done, failure) -> {
              if (failure == null) {
                LOG.warn(
                    "released by force: {}: {}; reason: {}",
                    victim.key(),
                    victim,
                    OwnerDetails.printable(reason));
                return true;
              }
              if (Acquisition.unwrap(failure) instanceof GuardFailedException) {
                return false;
              }
              throw new CompletionException(Acquisition.unwrap(failure));
            });
  }

  /** Removes all places of one hold together. */
  private static Transaction removal(QueueMember victim, Snapshot there, Session session) {
    Snapshot queue = places(session, there);
    Transaction removal =
        Transaction.EMPTY.require(new Transaction.Exists(victim.key())).delete(victim.key());
    HoldPlaces holds = new HoldPlaces(session, queue.entries());
    Revision hold =
        queue.entries().stream()
            .filter(entry -> entry.key().equals(victim.key()))
            .findFirst()
            .map(holds::of)
            .orElse(victim.since());
    for (Entry entry : queue.entries()) {
      if (holds.of(entry).equals(hold) && !entry.key().equals(victim.key())) {
        removal = removal.delete(entry.key());
      }
    }
    return removal;
  }

  /** The path of a lock's queue, in the form of the store's own tools. */
  public CompletableFuture<String> nativePath(String name) {
    Key queue = queueOf(new LockName(name));
    return told(coordinator.reading().thenApply(reading -> reading.nativePath(queue)));
  }

  /** The members of a lock's queue, as a listing of it by {@code reading} shows them. */
  public static List<QueueMember> owners(ReadAccess reading, Snapshot queue) {
    List<Entry> places = places(reading, queue).entries();
    List<QueueMember> owners = new ArrayList<>();
    for (Entry entry : places) {
      Optional<Owner> owner = Owner.decode(entry.payload());
      owners.add(
          new QueueMember(
              owners.size(),
              FencingToken.of(QueueMember.generation(owner), entry.created()),
              owner,
              entry.session(),
              mode(reading, entry).toString(),
              role(reading, entry, places.subList(0, owners.size())),
              entry.key(),
              reading.nativePath(entry.key())));
    }
    return owners;
  }

  /** The entries of a listing that are places of the queue. */
  public static Snapshot places(ReadAccess reading, Snapshot queue) {
    return new Snapshot(
        queue.directory(),
        queue.revision(),
        queue.entries().stream().filter(entry -> reading.isPlace(entry.key().name())).toList());
  }

  private static Role role(ReadAccess reading, Entry entry, List<Entry> ahead) {
    if (entry.session().isEmpty()) {
      return Role.STRAY;
    }
    return Admission.inTheWay(
                mode(reading, entry), ahead, other -> reading.modeOf(other.key().name()))
            .isEmpty()
        ? Role.HOLDER
        : Role.WAITER;
  }

  private static LockMode mode(ReadAccess reading, Entry entry) {
    return LockMode.parse(reading.modeOf(entry.key().name()));
  }
}

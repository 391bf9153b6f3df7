package io.holdfast.transaction.xa;

import io.holdfast.spi.Durations;
import io.holdfast.transaction.Branch;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.Vote;
import io.holdfast.transaction.internal.BlockingCalls;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/**
 * A branch at a resource that speaks XA. Until it is asked to prepare or to commit in one phase, it
 * dies with its connection; so whatever fails before refuses. If one of these two fails without
 * saying that all is rolled back, the vote is missing.
 */
final class XaBranch<C> implements Branch {

  private final Participant participant;
  private final XaConnections<C> connections;
  private final BlockingCalls workers;
  private final XaWork<C> work;

  /** Keeps the connection of a prepared branch. */
  private final BiConsumer<BranchId, XaConnection<C>> prepared;

  private final AtomicBoolean used = new AtomicBoolean();

  /** If {@link #commitAlone} may have taken effect. */
  private volatile boolean committing;

  XaBranch(
      Participant participant,
      XaConnections<C> connections,
      BlockingCalls workers,
      XaWork<C> work,
      BiConsumer<BranchId, XaConnection<C>> prepared) {
    this.participant = participant;
    this.connections = connections;
    this.workers = workers;
    this.work = work;
    this.prepared = prepared;
  }

  @Override
  public Participant participant() {
    return participant;
  }

  private CompletionStage<Vote> once(Callable<Vote> call) {
    return used.compareAndSet(false, true)
        ? workers.call(call)
        : CompletableFuture.completedFuture(
            new Vote.Refused("the branch was used before: each is for one transaction"));
  }

  @Override
  public CompletionStage<Vote> prepare(BranchId id, Duration within) {
    Optional<BranchXid> xid = BranchXid.of(id);
    return xid.isEmpty()
        ? CompletableFuture.completedFuture(
            new Vote.Refused("the transaction's name is too long for XA: " + id))
        : once(
            () ->
                run(
                    xid.get(),
                    within,
                    connection -> {
                      if (connection.resource().prepare(xid.get()) == XAResource.XA_RDONLY) {
                        connections.give(connection, true);
                        return Vote.READ_ONLY;
                      }
                      prepared.accept(id, connection);
                      return Vote.PREPARED;
                    }));
  }

  @Override
  public CompletionStage<Vote> commitAlone(Duration within) {
    Xid xid = BranchXid.once(UUID.randomUUID().toString());
    return once(
        () ->
            run(
                xid,
                within,
                connection -> {
                  committing = true;
                  connection.resource().commit(xid, true);
                  connections.give(connection, true);
                  return Vote.PREPARED;
                }));
  }

  @Override
  public CompletionStage<Optional<Boolean>> committedAlone() {
    return CompletableFuture.completedFuture(committing ? Optional.empty() : Optional.of(false));
  }

  /** What ends the branch, or prepares it; it does something with the connection, or fails. */
  private interface Last<C> {
    Vote with(XaConnection<C> connection) throws XAException;
  }

  private Vote run(Xid xid, Duration within, Last<C> last) throws XAException {
    XaConnection<C> connection;
    try {
      connection = connections.take();
    } catch (XAException e) {
      return new Vote.Refused("no connection: " + text(e), Optional.of(e));
    }
    Vote refused = work(connection, xid, within);
    if (refused != null) {
      return refused;
    }
    try {
      return last.with(connection);
    } catch (XAException e) {
      if (XaAnswer.isRollback(e.errorCode)) {
        undo(connection, xid);
        return new Vote.Refused("rolled back: " + text(e), Optional.of(e));
      }
      connection.close();
      throw e;
    }
  }

  /** Null if all went well. */
  private @Nullable Vote work(XaConnection<C> connection, Xid xid, Duration within) {
    boolean started = false;
    try {
      connection.limit(Math.max(1, Durations.millis(within)));
      connection.resource().start(xid, XAResource.TMNOFLAGS);
      started = true;
      work.run(connection.session());
      connection.resource().end(xid, XAResource.TMSUCCESS);
      return null;
    } catch (XAException e) {
      giveUp(connection, xid, started);
      return new Vote.Refused(text(e), Optional.of(e));
    } catch (RuntimeException e) {
      giveUp(connection, xid, started);
      return Vote.Refused.because(e);
    } catch (Error e) {
      connection.close();
      return Vote.Refused.because(e);
    }
  }

  private void giveUp(XaConnection<C> connection, Xid xid, boolean started) {
    if (!started) {
      connection.close();
      return;
    }
    try {
      connection.resource().end(xid, XAResource.TMFAIL);
    } catch (XAException e) {
      // Ended already, or rolled back: what follows tells.
    }
    undo(connection, xid);
  }

  private void undo(XaConnection<C> connection, Xid xid) {
    boolean good = false;
    try {
      connection.resource().rollback(xid);
      good = true;
    } catch (XAException e) {
      good = e.errorCode == XAException.XAER_NOTA;
    } finally {
      connections.give(connection, good);
    }
  }

  private static String text(XAException e) {
    return e.getMessage() == null ? "XA code " + e.errorCode : String.valueOf(e.getMessage());
  }
}

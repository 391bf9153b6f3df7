package io.holdfast.etcd.internal.write;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.PutOption;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.StoreFullException;
import io.holdfast.coordination.Transaction;
import io.holdfast.etcd.internal.read.Keyspace;
import io.holdfast.etcd.internal.session.Presence;
import io.holdfast.spi.Committed;
import io.holdfast.spi.SessionLife;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** One transaction as an etcd Txn. In the context. */
public final class CommitPlan {

  private final GuardedWriter writer;
  private final Presence presence;
  private final Keyspace keyspace;
  private final Transaction transaction;
  private boolean started;

  public CommitPlan(
      GuardedWriter writer, Presence presence, Keyspace keyspace, Transaction transaction) {
    this.writer = writer;
    this.presence = presence;
    this.keyspace = keyspace;
    this.transaction = transaction;
  }

  /** The keys whose state it depends on. */
  public List<Key> reads() {
    return transaction.guards().stream().map(Transaction.Guard::key).toList();
  }

  /** The keys that it changes. */
  public List<Key> writes() {
    return transaction.writes().stream().map(Transaction.Write::key).toList();
  }

  /** The keys that are not there once it is done. */
  public List<Key> deletes() {
    return transaction.writes().stream()
        .filter(Transaction.Delete.class::isInstance)
        .map(Transaction.Write::key)
        .toList();
  }

  public CompletableFuture<Committed> start() {
    started = true;
    List<Cmp> guards = new ArrayList<>();
    transaction.guards().forEach(guard -> guards.addAll(compare(guard)));
    List<Op> writes = transaction.writes().stream().map(this::op).toList();
    CompletableFuture<Committed> committed = new CompletableFuture<>();
    send(guards, writes, PendingWrite.Trace.KEY, committed);
    return committed;
  }

  /**
   * A full store takes deletions, but no trace beside them: then it goes without, and a reply that
   * is lost leaves open what was done.
   */
  private void send(
      List<Cmp> guards,
      List<Op> writes,
      PendingWrite.Trace trace,
      CompletableFuture<Committed> committed) {
    writer
        .write(PendingWrite.of(guards, writes, bytes(), trace))
        .whenComplete(
            (answer, failure) -> {
              if (failure instanceof StoreFullException
                  && trace == PendingWrite.Trace.KEY
                  && deletes().size() == transaction.writes().size()) {
                send(guards, writes, PendingWrite.Trace.NONE, committed);
              } else if (failure != null) {
                committed.completeExceptionally(failure);
              } else if (answer.verdict() == PendingWrite.Verdict.DONE) {
                committed.complete(new Committed(new Revision(answer.revision())));
              } else {
                committed.completeExceptionally(
                    new GuardFailedException("a guard did not hold: " + transaction.guards()));
              }
            });
  }

  /** What to say of it when the session is lost before it has ended. */
  public RuntimeException failureOnLoss(SessionLife life) {
    return started
        ? new IndeterminateException("the session was lost before etcd answered", life.failure())
        : life.failure();
  }

  /** Roughly; a guard may take two comparisons. */
  private int bytes() {
    int bytes = 0;
    for (Transaction.Guard guard : transaction.guards()) {
      bytes += 2 * keyspace.bytes(guard.key()).size();
    }
    for (Transaction.Write write : transaction.writes()) {
      bytes += keyspace.bytes(write.key()).size();
      bytes += write instanceof Transaction.Put put ? put.payload().size() : 0;
    }
    return bytes;
  }

  /**
   * The comparison that holds if a key is there.
   *
   * @param created what it was created at, if something else may stand under its name
   */
  public static Cmp exists(ByteSequence key, OptionalLong created) {
    return created.isPresent()
        ? new Cmp(key, Cmp.Op.EQUAL, CmpTarget.createRevision(created.getAsLong()))
        : new Cmp(key, Cmp.Op.GREATER, CmpTarget.createRevision(0));
  }

  private List<Cmp> compare(Transaction.Guard guard) {
    ByteSequence key = keyspace.bytes(guard.key());
    OptionalLong created = Keyspace.created(guard.key());
    if (guard instanceof Transaction.Absent) {
      return List.of(
          created.isPresent()
              ? new Cmp(key, Cmp.Op.NOT_EQUAL, CmpTarget.createRevision(created.getAsLong()))
              : new Cmp(key, Cmp.Op.EQUAL, CmpTarget.createRevision(0)));
    }
    Cmp exists = exists(key, created);
    if (guard instanceof Transaction.Unmodified unmodified) {
      long modified = unmodified.modified().value();
      return List.of(exists, new Cmp(key, Cmp.Op.EQUAL, CmpTarget.modRevision(modified)));
    }
    return List.of(exists);
  }

  private Op op(Transaction.Write write) {
    ByteSequence key = keyspace.bytes(write.key());
    OptionalLong created = Keyspace.created(write.key());
    if (write instanceof Transaction.Put put) {
      Op whole =
          Op.put(
              key,
              ByteSequence.from(put.payload().bytes()),
              put.lifetime() == Transaction.Lifetime.SESSION
                  ? presence.leased()
                  : PutOption.DEFAULT);
      return ifThere(whole, key, created);
    }
    return deletion(key, created);
  }

  /**
   * The deletion of a key if it is there.
   *
   * @param created what it was created at, if something else may stand under its name
   */
  public static Op deletion(ByteSequence key, OptionalLong created) {
    return ifThere(Op.delete(key, DeleteOption.DEFAULT), key, created);
  }

  /** A write that, if it is of a place, only hits that place. */
  public static Op ifThere(Op write, ByteSequence key, OptionalLong created) {
    return created.isEmpty()
        ? write
        : Op.txn(new Cmp[] {exists(key, created)}, new Op[] {write}, new Op[0]);
  }
}

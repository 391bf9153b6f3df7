package io.holdfast.etcd.internal.session;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.holdfast.etcd.internal.client.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The session's presence key, on which every write of the session depends.
 *
 * <p>Each write is a Txn that compares the key's mod_revision with {@link #modified}. Nothing but a
 * barrier puts the key, so any number of writes may be under way.
 *
 * <p><b>A lost reply.</b> A write whose reply is lost may have been done, or may still be done
 * later, from a buffer somewhere. Before anything is said about it, a barrier puts the presence key
 * again, under the same comparison, and is repeated until it is answered:
 *
 * <pre>
 *   write, if modified == m     ------------------> ?          (no reply)
 *   barrier, if modified == m   ------------------> m'         (put: modified becomes m')
 *   the write arrives late      ------------------> refused    (modified is m', for good)
 *   look                        ------------------> what is there now stays the truth
 * </pre>
 *
 * <p>A full store takes no put, and the session could not even leave a place before there is room.
 * But etcd counts only what stands in the outer Txn, and the barrier, which is to take nothing that
 * was not there before, puts the key in an inner one. Where a server counts otherwise the barrier
 * is repeated until there is room, like any other that fails.
 *
 * <p>After it the write has either been done or never will be. Other writes that fail only because
 * the key has moved on are sent again with m'. Repeating the barrier is harmless: all its copies
 * compare with m, so only one of them is done.
 *
 * <p>Used in the context only.
 */
public final class Presence {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
  private static final GetOption KEYS_ONLY = GetOption.builder().withKeysOnly(true).build();

  private static final Cmp[] ALWAYS = new Cmp[0];

  private final SessionContext scope;
  private final Runnable onVanished;
  private final ByteSequence key;
  private final ByteSequence value;
  private final long lease;

  /** The key's mod_revision as far as is known; only grows. */
  private long modified;

  /** The barrier under way, if there is one. */
  private @Nullable CompletableFuture<Void> barrier;

  /**
   * The presence of a session that begins.
   *
   * @param onVanished told, in the context, when the key is found to be gone or another's; it has
   *     to end the session
   */
  public Presence(SessionContext scope, Lease owned, Runnable onVanished) {
    this.scope = scope;
    this.onVanished = onVanished;
    this.key = owned.key();
    this.value = owned.value();
    this.lease = owned.id();
    this.modified = owned.modified();
  }

  /**
   * A lease with the presence key that lives on it.
   *
   * @param modified the key's mod_revision when it was put
   */
  public record Lease(long id, ByteSequence key, ByteSequence value, long modified) {}

  /** What makes a put live as long as the session. */
  public PutOption leased() {
    return PutOption.builder().withLeaseId(lease).build();
  }

  /** The key's mod_revision as far as is known. */
  public long modified() {
    return modified;
  }

  /** The barrier under way; no write may be sent before it is through. */
  public Optional<CompletableFuture<Void>> barrier() {
    return Optional.ofNullable(barrier);
  }

  /** What every write begins with: no presence, or another than was known, no write. */
  public Cmp unmoved() {
    return modifiedIs(modified);
  }

  /** Reads the key as {@link #noted} takes it. */
  public Op look() {
    return Op.get(key, KEYS_ONLY);
  }

  private Cmp modifiedIs(long revision) {
    return new Cmp(key, Cmp.Op.EQUAL, CmpTarget.modRevision(revision));
  }

  /**
   * Takes note of the key as {@link #look} showed it.
   *
   * @return true if it is there; if not, the session has been ended
   */
  public boolean noted(List<KeyValue> seen) {
    if (seen.isEmpty() || seen.get(0).getLease() != lease) {
      onVanished.run();
      return false;
    }
    modified = Math.max(modified, seen.get(0).getModRevision());
    return true;
  }

  /** The lease is gone, and the key with it. */
  public void leaseNotFound() {
    onVanished.run();
  }

  /**
   * Makes sure that no write which compared with {@code guard} is done any more.
   *
   * @return completes when the barrier is through, or the session lost
   */
  public CompletableFuture<Void> settle(long guard) {
    return modified > guard ? CompletableFuture.completedFuture(null) : raise();
  }

  /** Starts the barrier or joins the one under way. */
  private CompletableFuture<Void> raise() {
    CompletableFuture<Void> current = barrier;
    if (current == null) {
      current = new CompletableFuture<>();
      barrier = current;
      raise(modified, FIRST_PAUSE);
    }
    return current;
  }

  private void raise(long from, Duration pause) {
    if (scope.life().isLost()) {
      through();
      return;
    }
    scope
        .connection()
        .write(
            List.of(modifiedIs(from)),
            List.of(Op.txn(ALWAYS, new Op[] {Op.put(key, value, leased())}, new Op[0])),
            List.of(look()),
            scope.requestTimeout())
        .whenComplete(
            (reply, failure) -> {
              if (failure != null) {
                scope.after(pause, () -> raise(from, Backoff.next(pause, LONGEST_PAUSE)));
                return;
              }
              scope.seen().raise(reply.getHeader().getRevision());
              if (reply.isSucceeded()) {
                modified = reply.getHeader().getRevision();
              } else {
                noted(reply.getGetResponses().get(0).getKvs());
              }
              through();
            });
  }

  private void through() {
    CompletableFuture<Void> done = barrier;
    barrier = null;
    if (done != null) {
      done.complete(null);
    }
  }
}

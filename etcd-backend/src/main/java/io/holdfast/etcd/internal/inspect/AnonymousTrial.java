package io.holdfast.etcd.internal.inspect;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.holdfast.coordination.AccessRefusedException;
import io.holdfast.etcd.internal.client.Connection;
import io.holdfast.etcd.internal.read.Keyspace;
import io.holdfast.etcd.internal.read.Reader;
import io.holdfast.spi.AnonymousAccess;
import io.holdfast.spi.AnonymousAccess.Area;
import io.holdfast.spi.Finding;
import io.holdfast.spi.Futures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a client without credentials could do.
 *
 * <p>etcd checks who may do what of a Txn before it looks at the conditions: a delete under a
 * condition that never holds is refused, or does nothing. Nothing is written.
 */
public final class AnonymousTrial {

  private static final String CLOSING =
      "enable authentication, with a role that has the namespace's prefix and no other, or demand"
          + " client certificates; see docs/security.md";

  private final Connection connection;
  private final Keyspace keyspace;
  private final Duration timeout;

  /**
   * A trial that has not begun.
   *
   * @param connection without login and certificate
   */
  public AnonymousTrial(Connection connection, Keyspace keyspace, Duration timeout) {
    this.connection = connection;
    this.keyspace = keyspace;
    this.timeout = timeout;
  }

  /** Empty if it could not be found out. In the context. */
  public CompletableFuture<Optional<Finding>> start() {
    Set<Area> readable = EnumSet.noneOf(Area.class);
    Set<Area> writable = EnumSet.noneOf(Area.class);
    List<CompletableFuture<?>> answers = new ArrayList<>();
    for (Area area : Area.values()) {
      ByteSequence key = keyspace.bytes(area.directory().child("nothing"));
      answers.add(
          connection
              .read(List.of(Reader.Range.nameOnly(key).op(Reader.Freshness.ANY)), timeout)
              .handle((reply, failure) -> note(area, failure, readable)));
      answers.add(
          connection
              .write(
                  List.of(new Cmp(key, Cmp.Op.EQUAL, CmpTarget.createRevision(Long.MAX_VALUE))),
                  List.of(Op.delete(key, DeleteOption.DEFAULT)),
                  List.of(),
                  timeout)
              .handle((reply, failure) -> note(area, failure, writable)));
    }
    return Futures.all(answers)
        .handle(
            (done, failure) ->
                failure == null
                    ? Optional.of(
                        new AnonymousAccess(readable, writable)
                            .finding(keyspace.namespace(), CLOSING))
                    : Optional.empty());
  }

  /** A refusal is an answer; that there is none is not. */
  private static boolean note(Area area, @Nullable Throwable failure, Set<Area> allowed) {
    if (failure == null) {
      return allowed.add(area);
    }
    if (Futures.unwrapped(failure) instanceof AccessRefusedException) {
      return false;
    }
    throw new IllegalStateException("not found out", failure);
  }
}

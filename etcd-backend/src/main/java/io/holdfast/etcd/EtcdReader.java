package io.holdfast.etcd;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.LossReason;
import io.holdfast.etcd.internal.directory.Directories;
import io.holdfast.etcd.internal.read.Keyspace;
import io.holdfast.etcd.internal.read.PlaceName;
import io.holdfast.etcd.internal.read.Reader;
import io.holdfast.etcd.internal.read.Reader.Freshness;
import io.holdfast.etcd.internal.session.SessionContext;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Futures;
import io.holdfast.spi.ReadAccess;
import io.holdfast.spi.Snapshot;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Reads without a lease and a presence key: nothing is written, and a full etcd answers. */
final class EtcdReader implements ReadAccess {

  private final SessionContext scope;
  private final Keyspace keyspace;
  private final Directories directories;
  private final Reader reader;

  EtcdReader(SessionContext scope, Keyspace keyspace) {
    this.scope = scope;
    this.keyspace = keyspace;
    this.reader = new Reader(scope);
    this.directories = new Directories(keyspace, reader);
  }

  /** Completes once a server has answered a read in the namespace. In the context. */
  CompletableFuture<EtcdReader> answered() {
    Reader.Range any = Reader.Range.nameOnly(keyspace.bytes(Key.of("sessions", "none")));
    return reader.read(Freshness.LINEARIZABLE, any).thenApply(result -> this);
  }

  @Override
  public CompletableFuture<Snapshot> list(Key directory, Consistency consistency) {
    return inContext(() -> directories.list(directory, consistency));
  }

  @Override
  public CompletableFuture<List<String>> names(Key directory, Consistency consistency) {
    return inContext(() -> directories.names(directory, consistency));
  }

  private <T> CompletableFuture<T> inContext(Supplier<CompletableFuture<T>> operation) {
    CompletableFuture<T> read = new CompletableFuture<>();
    scope.context().execute(() -> Futures.pass(operation.get(), read));
    return read;
  }

  @Override
  public String modeOf(String place) {
    return PlaceName.mode(place);
  }

  @Override
  public String nativePath(Key key) {
    return keyspace.path(key);
  }

  @Override
  public void close() {
    scope.life().lose(LossReason.CLOSED);
  }
}

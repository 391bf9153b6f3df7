package io.holdfast.etcd;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Revision;
import io.holdfast.etcd.Reader.Freshness;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.ReadAccess;
import io.holdfast.spi.Snapshot;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Reads without a lease and a presence key: nothing is written, and a full etcd answers. */
final class EtcdReader implements ReadAccess {

  private final SessionContext scope;
  private final Keyspace keyspace;
  private final DirectoryEntries entries;
  private final Reader reader;

  EtcdReader(SessionContext scope, Keyspace keyspace) {
    this.scope = scope;
    this.keyspace = keyspace;
    this.entries = new DirectoryEntries(keyspace);
    this.reader = new Reader(scope);
  }

  /** Completes once a server has answered a read in the namespace. In the context. */
  CompletableFuture<EtcdReader> answered() {
    Reader.Range any = Reader.Range.nameOnly(keyspace.bytes(Key.of("sessions", "none")));
    return reader.read(Freshness.LINEARIZABLE, any).thenApply(result -> this);
  }

  @Override
  public CompletableFuture<Snapshot> list(Key directory, Consistency consistency) {
    return read(
        consistency,
        entries.below(directory),
        result ->
            new Snapshot(
                directory,
                new Revision(result.revision()),
                entries.children(directory, result.ranges().get(0).getKvs())));
  }

  @Override
  public CompletableFuture<List<String>> names(Key directory, Consistency consistency) {
    return read(
        consistency,
        Reader.Range.namesBelow(keyspace.below(directory)),
        result -> entries.names(directory, result.ranges().get(0).getKvs()));
  }

  private <T> CompletableFuture<T> read(
      Consistency consistency, Reader.Range range, Function<Reader.Result, T> meaning) {
    CompletableFuture<T> read = new CompletableFuture<>();
    scope
        .context()
        .execute(
            () ->
                reader
                    .read(Freshness.of(consistency), range)
                    .thenApply(meaning)
                    .whenComplete(
                        (value, failure) -> {
                          if (failure == null) {
                            read.complete(value);
                          } else {
                            read.completeExceptionally(Failures.unwrapped(failure));
                          }
                        }));
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

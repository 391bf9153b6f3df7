package io.holdfast.etcd.internal.directory;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.etcd.internal.read.Keyspace;
import io.holdfast.etcd.internal.read.Reader;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.ReadAccess;
import io.holdfast.spi.Snapshot;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Reads directories: their entries out of etcd's key-value pairs. In the context. */
public final class Directories {

  private final Keyspace keyspace;
  private final Reader reader;

  public Directories(Keyspace keyspace, Reader reader) {
    this.keyspace = keyspace;
    this.reader = reader;
  }

  /** As {@link ReadAccess#list}. */
  public CompletableFuture<Snapshot> list(Key directory, Consistency consistency) {
    return reader
        .read(Reader.Freshness.of(consistency), below(directory))
        .thenApply(
            read ->
                new Snapshot(
                    directory,
                    new Revision(read.revision()),
                    children(directory, read.ranges().get(0).getKvs())));
  }

  /** As {@link ReadAccess#names}. */
  public CompletableFuture<List<String>> names(Key directory, Consistency consistency) {
    return reader
        .read(Reader.Freshness.of(consistency), namesBelow(directory))
        .thenApply(read -> names(directory, read.ranges().get(0).getKvs()));
  }

  /** The read that shows what all below a directory is called, at any depth. */
  Reader.Range namesBelow(Key directory) {
    return Reader.Range.namesBelow(prefix(directory));
  }

  /** What the names of all below a directory begin with. */
  ByteSequence prefix(Key directory) {
    return keyspace.below(directory);
  }

  /** The read that shows all below a directory, at any depth. */
  Reader.Range below(Key directory) {
    return Reader.Range.below(prefix(directory));
  }

  private List<Entry> children(Key directory, List<KeyValue> kvs) {
    return kvs.stream().map(kv -> entry(directory, kv)).flatMap(Optional::stream).toList();
  }

  /** The pair as an entry, if it stands directly below {@code directory}. */
  Optional<Entry> entry(Key directory, KeyValue kv) {
    return keyspace
        .child(directory, kv)
        .map(
            key ->
                new Entry(
                    key,
                    Payload.of(kv.getValue().getBytes()),
                    new Revision(kv.getCreateRevision()),
                    new Revision(kv.getModRevision()),
                    kv.getLease() == 0
                        ? Optional.empty()
                        : Optional.of(Long.toHexString(kv.getLease()))));
  }

  private List<String> names(Key directory, List<KeyValue> kvs) {
    return kvs.stream()
        .map(kv -> name(directory, kv))
        .flatMap(Optional::stream)
        .distinct()
        .sorted()
        .toList();
  }

  /** What stands directly below {@code directory} and is the pair, or has it below itself. */
  Optional<String> name(Key directory, KeyValue kv) {
    return keyspace
        .child(directory, kv)
        .map(Key::name)
        .or(
            () ->
                keyspace
                    .rest(directory, kv.getKey())
                    .map(rest -> rest.substring(0, rest.indexOf('/'))));
  }
}

package io.holdfast.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.spi.Entry;
import java.util.List;
import java.util.Optional;

/** Entries of directories out of etcd's key-value pairs. */
final class DirectoryEntries {

  private final Keyspace keyspace;

  DirectoryEntries(Keyspace keyspace) {
    this.keyspace = keyspace;
  }

  /** What the names of all below a directory begin with. */
  ByteSequence prefix(Key directory) {
    return keyspace.below(directory);
  }

  /** The read that shows all below a directory, at any depth. */
  Reader.Range below(Key directory) {
    return Reader.Range.below(prefix(directory));
  }

  /** Those of {@code kvs} that stand directly below {@code directory}. */
  List<Entry> children(Key directory, List<KeyValue> kvs) {
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

  /** The segments that follow {@code directory} in the names of {@code kvs}, sorted. */
  List<String> names(Key directory, List<KeyValue> kvs) {
    return kvs.stream()
        .map(kv -> name(directory, kv))
        .flatMap(Optional::stream)
        .distinct()
        .sorted()
        .toList();
  }

  private Optional<String> name(Key directory, KeyValue kv) {
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

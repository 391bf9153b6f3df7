package io.holdfast.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcd.jetcd.ByteSequence;
import io.holdfast.coordination.Key;
import java.util.Optional;

/** What etcd calls our keys: {@code /<namespace>/<key>}, as {@code etcdctl} would be given them. */
final class Keyspace {

  private final String prefix;

  Keyspace(Key namespace) {
    this.prefix = "/" + namespace.path() + "/";
  }

  /** The key's name in etcd. */
  String path(Key key) {
    return prefix + key.path();
  }

  /** The key's name in etcd. */
  ByteSequence bytes(Key key) {
    return ByteSequence.from(path(key), UTF_8);
  }

  /** What the names of all keys below {@code directory}, and of no others, begin with. */
  ByteSequence below(Key directory) {
    return ByteSequence.from(path(directory) + "/", UTF_8);
  }

  /** The key of a name in etcd; empty if the name cannot be one of ours. */
  Optional<Key> key(ByteSequence name) {
    String text = name.toString(UTF_8);
    if (!text.startsWith(prefix)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Key(text.substring(prefix.length())));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The key of a name in etcd if it stands directly below {@code directory}. */
  Optional<Key> child(Key directory, ByteSequence name) {
    return key(name).filter(key -> key.hasParent() && key.parent().equals(directory));
  }
}

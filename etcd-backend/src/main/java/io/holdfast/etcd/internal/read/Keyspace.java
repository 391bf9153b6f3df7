package io.holdfast.etcd.internal.read;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.holdfast.coordination.Key;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What etcd calls our keys: {@code /<namespace>/<key>}, as {@code etcdctl} would be given them; an
 * absolute key just as it says.
 */
public final class Keyspace {

  private final String prefix;

  public Keyspace(Key namespace) {
    this.prefix = "/" + namespace.path() + "/";
  }

  /** What all of the namespace is below. */
  public String namespace() {
    return prefix;
  }

  /** The key's name in etcd. */
  public String path(Key key) {
    return PlaceName.stored(key.isAbsolute() ? key.storePath() : prefix + key.path());
  }

  /** The create_revision that a key stands for, if it is the key of a place. */
  public static OptionalLong created(Key key) {
    return PlaceName.createdIn(key.name());
  }

  /** The key's name in etcd. */
  public ByteSequence bytes(Key key) {
    return ByteSequence.from(path(key), UTF_8);
  }

  /** What the names of all keys below {@code directory}, and of no others, begin with. */
  public ByteSequence below(Key directory) {
    return ByteSequence.from(path(directory) + "/", UTF_8);
  }

  /** What follows {@code directory} in a name in etcd; empty if it is not below or not a key. */
  public Optional<String> rest(Key directory, ByteSequence name) {
    String text = name.toString(UTF_8);
    String start = path(directory) + "/";
    if (!text.startsWith(start)) {
      return Optional.empty();
    }
    String rest = text.substring(start.length());
    for (String segment : rest.split("/", -1)) {
      if (!Key.isSegment(segment)) {
        return Optional.empty();
      }
    }
    return Optional.of(rest);
  }

  /** The key of a pair that stands directly below {@code directory}. */
  public Optional<Key> child(Key directory, KeyValue kv) {
    return rest(directory, kv.getKey())
        .filter(Key::isSegment)
        .map(name -> directory.child(PlaceName.isOurs(kv, name) ? lasting(name, kv) : name));
  }

  /** The key of a pair that stands directly in a queue. */
  public Optional<Key> member(Key queue, KeyValue kv) {
    return rest(queue, kv.getKey())
        .filter(Key::isSegment)
        .map(name -> queue.child(PlaceName.isPlace(kv, name) ? lasting(name, kv) : name));
  }

  private static String lasting(String name, KeyValue kv) {
    return PlaceName.lasting(name, kv.getCreateRevision());
  }
}

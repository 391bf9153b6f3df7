package io.holdfast.zookeeper.internal.write;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.Transaction.Absent;
import io.holdfast.coordination.Transaction.Delete;
import io.holdfast.coordination.Transaction.Guard;
import io.holdfast.coordination.Transaction.Lifetime;
import io.holdfast.coordination.Transaction.Put;
import io.holdfast.coordination.Transaction.Unmodified;
import io.holdfast.coordination.Transaction.Write;
import io.holdfast.zookeeper.internal.client.Connection;
import io.holdfast.zookeeper.internal.client.Reply;
import io.holdfast.zookeeper.internal.read.Paths;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs.Ids;
import org.jspecify.annotations.Nullable;

/**
 * Turns a transaction into ZooKeeper's operations.
 *
 * <p>ZooKeeper has create, set, delete and check of a version where we have put, delete and
 * conditions on revisions. Which of its operations a write needs depends on what is there now, so
 * keys are looked at first, save where the transaction itself says what must be there. Whatever was
 * seen is made a condition of the {@code multi}: if it has changed, the {@code multi} fails and the
 * plan is made anew.
 *
 * <p>Two things have no condition. A key that a {@code Delete} finds absent is left out; absence
 * then counts from the look. A permanent key that is put over a permanent key is set whatever its
 * version, so that many who put one key at once do not make each other fail.
 */
final class CommitPlan {

  private final Transaction transaction;
  private final Paths paths;
  private final long session;
  private final List<Op> ops = new ArrayList<>();
  private @Nullable String contradiction;

  /** {@code session} is ZooKeeper's number of the session that commits. */
  CommitPlan(Transaction transaction, Paths paths, long session) {
    this.transaction = transaction;
    this.paths = paths;
    this.session = session;
  }

  /** The keys that must be looked at before a plan can be made at all. */
  Set<Key> mustLook() {
    Set<Key> keys = new LinkedHashSet<>();
    for (Guard guard : transaction.guards()) {
      if (guard instanceof Unmodified || guards(guard.key()).size() > 1) {
        keys.add(guard.key());
      }
    }
    for (Write write : transaction.writes()) {
      if (write instanceof Delete || !guardedAbsent(write.key())) {
        keys.add(write.key());
      }
    }
    return keys;
  }

  /** All keys that it names. */
  Set<Key> allKeys() {
    Set<Key> keys = new LinkedHashSet<>();
    transaction.guards().forEach(guard -> keys.add(guard.key()));
    transaction.writes().forEach(write -> keys.add(write.key()));
    return keys;
  }

  /**
   * Makes the plan.
   *
   * @param looks what is at the keys that were looked at
   */
  void make(Map<Key, Optional<Reply.Node>> looks) {
    ops.clear();
    contradiction = null;
    for (Key key : allKeys()) {
      Optional<Reply.Node> look = looks.get(key);
      if (look == null) {
        unseen(key);
      } else if (look.isPresent() && !Directories.isDirectory(look.get())) {
        present(key, look.get());
      } else {
        absent(key, look);
      }
    }
  }

  /** The operations, in the order in which they must be. */
  List<Op> ops() {
    return List.copyOf(ops);
  }

  /** Which guard does not hold, by what was seen. */
  Optional<String> contradiction() {
    return Optional.ofNullable(contradiction);
  }

  private void unseen(Key key) {
    if (!guardedAbsent(key)) {
      ops.add(Op.check(paths.of(key), Connection.ANY_VERSION));
    } else if (write(key) instanceof Put put) {
      create(put);
    } else {
      assertAbsent(key);
    }
  }

  private void present(Key key, Reply.Node node) {
    int guardedVersion = Connection.ANY_VERSION;
    for (Guard guard : guards(key)) {
      if (guard instanceof Absent) {
        contradiction = key + " is there";
      } else if (guard instanceof Unmodified unmodified) {
        if (node.stat().getMzxid() != unmodified.modified().value()) {
          contradiction = key + " was put at " + node.stat().getMzxid();
        }
        guardedVersion = node.stat().getVersion();
      }
    }
    Write write = write(key);
    if (write instanceof Put put) {
      replace(put, node, guardedVersion);
    } else if (write instanceof Delete) {
      ops.add(Op.delete(paths.of(key), guardedVersion));
    } else {
      ops.add(Op.check(paths.of(key), guardedVersion));
    }
  }

  private void replace(Put put, Reply.Node node, int guardedVersion) {
    String path = paths.of(put.key());
    long owner = node.stat().getEphemeralOwner();
    int version = node.stat().getVersion();
    if (put.lifetime() == Lifetime.PERMANENT && owner == 0) {
      ops.add(Op.setData(path, put.payload().bytes(), guardedVersion));
    } else if (put.lifetime() == Lifetime.SESSION && owner == session) {
      ops.add(Op.setData(path, put.payload().bytes(), version));
    } else {
      ops.add(Op.delete(path, version));
      create(put);
    }
  }

  private void absent(Key key, Optional<Reply.Node> directory) {
    for (Guard guard : guards(key)) {
      if (!(guard instanceof Absent)) {
        contradiction = key + " is not there";
      }
    }
    Write write = write(key);
    if (write instanceof Put put) {
      directory.ifPresent(node -> ops.add(Op.delete(paths.of(key), node.stat().getVersion())));
      create(put);
    } else if (write == null && directory.isPresent()) {
      ops.add(Op.check(paths.of(key), directory.get().stat().getVersion()));
    } else if (guardedAbsent(key) && directory.isEmpty()) {
      assertAbsent(key);
    }
  }

  private void create(Put put) {
    Payload payload = put.payload();
    ops.add(
        Op.create(
            paths.of(put.key()),
            payload.bytes(),
            Ids.OPEN_ACL_UNSAFE,
            put.lifetime() == Lifetime.SESSION ? CreateMode.EPHEMERAL : CreateMode.PERSISTENT));
  }

  /** ZooKeeper has no check for absence; to create and delete again fails if the node is there. */
  private void assertAbsent(Key key) {
    ops.add(Op.create(paths.of(key), new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT));
    ops.add(Op.delete(paths.of(key), Connection.ANY_VERSION));
  }

  private boolean guardedAbsent(Key key) {
    return guards(key).stream().anyMatch(Absent.class::isInstance);
  }

  private List<Guard> guards(Key key) {
    return transaction.guards().stream().filter(guard -> guard.key().equals(key)).toList();
  }

  private @Nullable Write write(Key key) {
    return transaction.writes().stream()
        .filter(write -> write.key().equals(key))
        .findFirst()
        .orElse(null);
  }

  /**
   * The directories above all that it may create, the topmost first. Absence is asserted by
   * creating, too; above what has to be there, or is to go, nothing is to be made.
   */
  List<String> directories() {
    Set<String> above = new LinkedHashSet<>();
    for (Key key : allKeys()) {
      boolean mayBeAbsent = guards(key).stream().allMatch(Absent.class::isInstance);
      if (mayBeAbsent && (write(key) instanceof Put || guardedAbsent(key))) {
        above.addAll(paths.directoriesAbove(key));
      }
    }
    return List.copyOf(above);
  }
}

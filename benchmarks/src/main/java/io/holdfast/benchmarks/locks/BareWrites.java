package io.holdfast.benchmarks.locks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.PutOption;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;

/**
 * No locks: the store's own client doing nothing but the writes that no lock can save, one to come
 * and one to go. What is below this is the price of the rest: proof that the lock is free, tokens,
 * settled replies.
 */
final class BareWrites {

  private BareWrites() {}

  /** Creates and deletes ephemeral nodes; of several locks those of all in one request. */
  static final class OnZooKeeper implements Contestant {

    private static final int TIMEOUT_MILLIS = 20_000;
    private static final byte[] NOTHING = {};

    private final ZooKeeper client;

    OnZooKeeper(String address) {
      try {
        CountDownLatch connected = new CountDownLatch(1);
        client = new ZooKeeper(address, TIMEOUT_MILLIS, event -> told(event, connected));
        connected.await();
        make("/bare");
      } catch (Exception e) {
        throw new IllegalStateException("no connection to " + address, e);
      }
    }

    private static void told(WatchedEvent event, CountDownLatch connected) {
      if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
        connected.countDown();
      }
    }

    private void make(String path) throws KeeperException, InterruptedException {
      try {
        client.create(path, NOTHING, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
      } catch (KeeperException.NodeExistsException e) {
        // As it should be.
      }
    }

    @Override
    public Mutex mutex(List<String> names) throws Exception {
      for (String name : names) {
        make("/bare/" + name);
      }
      List<String> paths = names.stream().map(name -> "/bare/" + name + "/place-").toList();
      return names.size() == 1 ? one(paths.get(0)) : several(paths);
    }

    private Mutex one(String path) {
      return () -> {
        String made =
            client.create(path, NOTHING, Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL_SEQUENTIAL);
        return () -> client.delete(made, -1);
      };
    }

    private Mutex several(List<String> paths) {
      return () -> {
        List<String> made =
            client
                .multi(
                    paths.stream()
                        .map(
                            path ->
                                org.apache.zookeeper.Op.create(
                                    path,
                                    NOTHING,
                                    Ids.OPEN_ACL_UNSAFE,
                                    CreateMode.EPHEMERAL_SEQUENTIAL))
                        .toList())
                .stream()
                .map(result -> ((org.apache.zookeeper.OpResult.CreateResult) result).getPath())
                .toList();
        return () ->
            client.multi(
                made.stream().map(path -> org.apache.zookeeper.Op.delete(path, -1)).toList());
      };
    }

    @Override
    public void close() {
      try {
        client.close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Puts and deletes keys on a lease; of several locks those of all in one transaction. */
  static final class OnEtcd implements Contestant {

    private static final long TTL_SECONDS = 600;

    private final AtomicLong mutexes = new AtomicLong();
    private final String id = UUID.randomUUID().toString();
    private final Client client;
    private final PutOption leased;

    OnEtcd(String endpoints) {
      client =
          Client.builder()
              .endpoints(
                  Stream.of(endpoints.split(","))
                      .map(each -> "http://" + each)
                      .toArray(String[]::new))
              .build();
      long lease = client.getLeaseClient().grant(TTL_SECONDS).join().getID();
      leased = PutOption.builder().withLeaseId(lease).build();
    }

    @Override
    public Mutex mutex(List<String> names) {
      String own = id + "-" + mutexes.incrementAndGet();
      List<ByteSequence> keys =
          names.stream()
              .map(name -> ByteSequence.from("/bare/" + name + "/" + own, UTF_8))
              .toList();
      return keys.size() == 1 ? one(keys.get(0)) : several(keys);
    }

    private Mutex one(ByteSequence key) {
      return () -> {
        client.getKVClient().put(key, ByteSequence.EMPTY, leased).get();
        return () -> client.getKVClient().delete(key).get();
      };
    }

    private Mutex several(List<ByteSequence> keys) {
      Op[] puts =
          keys.stream().map(key -> Op.put(key, ByteSequence.EMPTY, leased)).toArray(Op[]::new);
      Op[] deletes =
          keys.stream().map(key -> Op.delete(key, DeleteOption.DEFAULT)).toArray(Op[]::new);
      return () -> {
        client.getKVClient().txn().Then(puts).commit().get();
        return () -> client.getKVClient().txn().Then(deletes).commit().get();
      };
    }

    @Override
    public void close() {
      client.close();
    }
  }
}

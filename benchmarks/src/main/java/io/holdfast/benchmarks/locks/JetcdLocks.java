package io.holdfast.benchmarks.locks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** jetcd's locks, all of a process over one client; each mutex has a lease that is kept alive. */
final class JetcdLocks implements Contestant {

  private static final long TTL_SECONDS = 60;

  private final Client client;

  JetcdLocks(String endpoints) {
    this.client =
        Client.builder()
            .endpoints(
                Stream.of(endpoints.split(","))
                    .map(each -> "http://" + each)
                    .toArray(String[]::new))
            .build();
  }

  /** A lease for each: two who use one lease hold the lock together. */
  @Override
  public Mutex mutex(List<String> names) throws Exception {
    long lease = client.getLeaseClient().grant(TTL_SECONDS).get().getID();
    client.getLeaseClient().keepAlive(lease, new Ignored<>());
    List<ByteSequence> keys =
        names.stream().map(name -> ByteSequence.from("/jetcd/" + name, UTF_8)).toList();
    return () -> {
      Deque<ByteSequence> held = new ArrayDeque<>();
      for (ByteSequence key : keys) {
        held.push(client.getLockClient().lock(key, lease).get().getKey());
      }
      return () -> {
        for (ByteSequence key : held) {
          client.getLockClient().unlock(key).get();
        }
      };
    };
  }

  @Override
  public void close() {
    client.close();
  }

  private static final class Ignored<T> implements StreamObserver<T> {
    @Override
    public void onNext(T value) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}

package io.holdfast.gateway.xds;

import io.envoyproxy.controlplane.server.DiscoveryServerCallbacks;
import io.envoyproxy.controlplane.server.exception.RequestException;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The streams that are open: so many names of each and of all at most, and which endpoints each has
 * acknowledged. A drain is complete once every stream that wants the service has acknowledged the
 * endpoints without it, or has ended.
 */
final class XdsStreams implements DiscoveryServerCallbacks {

  /** Of all streams and kinds. Names that are no service's are kept as well, to be waited for. */
  private static final int MOST_NAMES = 1_000_000;

  /** A service's name has 128. */
  private static final int LONGEST_NAME = 512;

  private final XdsOptions options;

  /** By the library's number. Guarded by this, as is all below. */
  private final Map<Long, Stream> streams = new HashMap<>();

  private final List<Waiter> waiters = new ArrayList<>();

  private int allNames;

  /** What a stream wants, and what it has. */
  private static final class Stream {
    private final Map<XdsType, Integer> names = new EnumMap<>(XdsType.class);
    private Set<String> endpoints = Set.of();
    private long acknowledged;
  }

  /** A change that streams have yet to acknowledge. */
  private record Waiter(long sequence, Set<Long> behind, CompletableFuture<Void> done) {}

  XdsStreams(XdsOptions options) {
    this.options = options;
  }

  @Override
  public synchronized void onStreamOpen(long id, String type) {
    streams.put(id, new Stream());
  }

  @Override
  public void onStreamClose(long id, String type) {
    ended(id);
  }

  @Override
  public void onStreamCloseWithError(long id, String type, Throwable error) {
    ended(id);
  }

  @Override
  public void onV3StreamRequest(long id, DiscoveryRequest request) throws RequestException {
    if (request.getResourceNamesCount() > options.names()) {
      throw new RequestException(
          Status.RESOURCE_EXHAUSTED.withDescription(
              "a request asks for at most " + options.names() + " resources"));
    }
    XdsType type =
        XdsType.of(request.getTypeUrl())
            .orElseThrow(
                () ->
                    new RequestException(
                        Status.INVALID_ARGUMENT.withDescription(
                            "only listeners, routes, clusters and endpoints are served")));
    if (!count(id, type, request.getResourceNamesCount())
        || request.getResourceNamesList().stream().anyMatch(it -> it.length() > LONGEST_NAME)) {
      throw new RequestException(
          Status.RESOURCE_EXHAUSTED.withDescription("too many names, or too long ones"));
    }
    if (type == XdsType.ENDPOINTS) {
      wanted(id, request);
    }
  }

  /** False if all streams together have too many names then. */
  private synchronized boolean count(long id, XdsType type, int names) {
    Stream stream = streams.get(id);
    if (stream == null) {
      return true;
    }
    int more = names - stream.names.getOrDefault(type, 0);
    if (more > 0 && allNames + more > MOST_NAMES) {
      return false;
    }
    stream.names.put(type, names);
    allNames += more;
    return true;
  }

  private void wanted(long id, DiscoveryRequest request) {
    List<CompletableFuture<Void>> done = new ArrayList<>();
    synchronized (this) {
      Stream stream = streams.get(id);
      if (stream == null) {
        return;
      }
      stream.endpoints = new HashSet<>(request.getResourceNamesList());
      // Without a nonce it is no answer to this stream: the version may be another gateway's.
      boolean answers = !request.getResponseNonce().isEmpty();
      if (answers && !request.hasErrorDetail() && !request.getVersionInfo().isEmpty()) {
        stream.acknowledged =
            Math.max(stream.acknowledged, XdsVersion.sequence(request.getVersionInfo()));
        catchUp(id, stream, done);
      }
    }
    done.forEach(each -> each.complete(null));
  }

  @Override
  public void onV3StreamDeltaRequest(long id, DeltaDiscoveryRequest request)
      throws RequestException {
    throw new RequestException(
        Status.UNIMPLEMENTED.withDescription("the state of the world only, not deltas"));
  }

  private void ended(long id) {
    List<CompletableFuture<Void>> done = new ArrayList<>();
    synchronized (this) {
      Stream stream = streams.remove(id);
      if (stream != null) {
        allNames -= stream.names.values().stream().mapToInt(Integer::intValue).sum();
      }
      catchUp(id, null, done);
    }
    done.forEach(each -> each.complete(null));
  }

  /** Takes a stream out of what waits for it; {@code stream} is null if it has ended. */
  private void catchUp(long id, @Nullable Stream stream, List<CompletableFuture<Void>> done) {
    Iterator<Waiter> all = waiters.iterator();
    while (all.hasNext()) {
      Waiter waiter = all.next();
      if (stream == null || stream.acknowledged >= waiter.sequence()) {
        waiter.behind().remove(id);
        if (waiter.behind().isEmpty()) {
          all.remove();
          done.add(waiter.done());
        }
      }
    }
  }

  /** Completes {@code done} once all streams that want the service have this change. */
  void whenAcknowledged(String service, long sequence, CompletableFuture<Void> done) {
    synchronized (this) {
      Set<Long> behind = new HashSet<>();
      streams.forEach(
          (id, stream) -> {
            if (stream.endpoints.contains(service) && stream.acknowledged < sequence) {
              behind.add(id);
            }
          });
      if (!behind.isEmpty()) {
        waiters.add(new Waiter(sequence, behind, done));
        return;
      }
    }
    done.complete(null);
  }

  synchronized int open() {
    return streams.size();
  }
}

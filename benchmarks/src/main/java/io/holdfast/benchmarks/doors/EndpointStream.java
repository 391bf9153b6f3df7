package io.holdfast.benchmarks.doors;

import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A client of xDS that takes each answer about one service's endpoints. */
final class EndpointStream implements Probe, StreamObserver<DiscoveryResponse>, AutoCloseable {

  private static final String TYPE =
      "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";
  private static final int LARGEST = 64 * 1024 * 1024;

  private final String service;
  private final ManagedChannel channel;
  private final StreamObserver<DiscoveryRequest> requests;

  /** Guarded by this. */
  private Set<String> addresses = Set.of();

  EndpointStream(int port, String service) {
    this.service = service;
    this.channel =
        Grpc.newChannelBuilder("127.0.0.1:" + port, InsecureChannelCredentials.create())
            .maxInboundMessageSize(LARGEST)
            .build();
    this.requests = AggregatedDiscoveryServiceGrpc.newStub(channel).streamAggregatedResources(this);
    requests.onNext(request().build());
  }

  private DiscoveryRequest.Builder request() {
    return DiscoveryRequest.newBuilder().setTypeUrl(TYPE).addResourceNames(service);
  }

  @Override
  public void onNext(DiscoveryResponse answer) {
    try {
      Set<String> now =
          answer.getResources(0).unpack(ClusterLoadAssignment.class).getEndpointsList().stream()
              .flatMap(locality -> locality.getLbEndpointsList().stream())
              .map(it -> it.getEndpoint().getAddress().getSocketAddress().getAddress())
              .collect(Collectors.toSet());
      synchronized (this) {
        addresses = now;
        notifyAll();
      }
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
    requests.onNext(
        request()
            .setVersionInfo(answer.getVersionInfo())
            .setResponseNonce(answer.getNonce())
            .build());
  }

  @Override
  public void onError(Throwable failure) {
    // The measurement runs into its time-out.
  }

  @Override
  public void onCompleted() {
    // Likewise.
  }

  @Override
  public synchronized boolean shows(String id, String address) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
    for (long left = end - System.nanoTime();
        !addresses.contains(address) && left > 0;
        left = end - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return addresses.contains(address);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}

package io.holdfast.gateway.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.envoyproxy.controlplane.cache.Resources;
import io.envoyproxy.controlplane.server.exception.RequestException;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class XdsStreamsTest {

  private final XdsStreams streams =
      new XdsStreams(XdsOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));

  private void request(String version, String nonce) throws RequestException {
    streams.onV3StreamRequest(
        1,
        DiscoveryRequest.newBuilder()
            .setTypeUrl(Resources.V3.ENDPOINT_TYPE_URL)
            .addResourceNames("web")
            .setVersionInfo(version)
            .setResponseNonce(nonce)
            .build());
  }

  private int manyOn(long stream) {
    DiscoveryRequest many =
        DiscoveryRequest.newBuilder()
            .setTypeUrl(Resources.V3.CLUSTER_TYPE_URL)
            .addAllResourceNames(IntStream.range(0, 2_000).mapToObj(i -> "s" + i).toList())
            .build();
    streams.onStreamOpen(stream, "");
    int asked = 0;
    try {
      streams.onV3StreamRequest(stream, many);
      streams.onV3StreamRequest(stream, many);
      asked = 2_000;
    } catch (RequestException e) {
      assertThat(e).hasMessageContaining("RESOURCE_EXHAUSTED");
    }
    return asked;
  }

  @Test
  void names_ofAllStreams_haveABound() {
    int all = 0;
    for (int stream = 1; stream <= 600; stream++) {
      all += manyOn(stream);
    }
    assertThat(all).isEqualTo(1_000_000);

    streams.onStreamClose(1, "");
    assertThat(manyOn(601)).isEqualTo(2_000);
    assertThat(manyOn(602)).isZero();
  }

  @Test
  void names_longerThanAnyService_areRefused() {
    assertThatThrownBy(
            () ->
                streams.onV3StreamRequest(
                    1,
                    DiscoveryRequest.newBuilder()
                        .setTypeUrl(Resources.V3.ENDPOINT_TYPE_URL)
                        .addResourceNames("x".repeat(10_000))
                        .build()))
        .hasMessageContaining("RESOURCE_EXHAUSTED");
  }

  @Test
  void acknowledged_byAVersionOfAnotherGateway_isNot() throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    streams.onStreamOpen(1, "");
    request("digest.900", "");

    streams.whenAcknowledged("web", 5, done);
    assertThat(done).isNotDone();

    request("digest.4", "1");
    assertThat(done).isNotDone();
    request("digest.5", "2");
    assertThat(done).isDone();
  }
}

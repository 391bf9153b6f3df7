package io.holdfast.gateway.xds;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.controlplane.cache.Resources;
import io.envoyproxy.controlplane.server.exception.RequestException;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
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

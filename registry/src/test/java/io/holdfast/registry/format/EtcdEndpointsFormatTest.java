package io.holdfast.registry.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.MalformedInstanceException;
import io.holdfast.registry.ServiceInstance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EtcdEndpointsFormatTest {

  private static final EtcdEndpointsFormat FORMAT = EtcdEndpointsFormat.under("services");

  private static ServiceInstance decode(String text) throws MalformedInstanceException {
    return FORMAT.decode("payment", "a", Payload.utf8(text));
  }

  @Test
  void directory_isTheTargetAsGiven() {
    assertThat(FORMAT.directory("payment").storePath()).isEqualTo("services/payment");
    assertThat(EtcdEndpointsFormat.under("/services").directory("payment").storePath())
        .isEqualTo("/services/payment");
    assertThat(FORMAT.directory("payment")).isNotEqualTo(Key.absolute("/services/payment"));
  }

  @Test
  void encode_instance_isWhatGoReads() {
    assertThat(FORMAT.encode(ServiceInstance.of("payment", "a", "h").withPort("grpc", 50)).text())
        .startsWith("{\"Op\":0,\"Addr\":\"h:50\",\"Metadata\":{");
  }

  @Test
  void decode_whatWasEncoded_isTheSame() throws MalformedInstanceException {
    ServiceInstance instance =
        ServiceInstance.http("payment", "a", "2001:db8::1", 8080)
            .withPort("grpc", 50051)
            .withStatus(InstanceStatus.STARTING)
            .withWeight(7)
            .withMetadata("k", "v");
    assertThat(FORMAT.decode("payment", "a", FORMAT.encode(instance))).isEqualTo(instance);
  }

  @Test
  void decode_asGoWritesIt_isRead() throws MalformedInstanceException {
    ServiceInstance plain = ServiceInstance.of("payment", "a", "10.0.0.1").withPort("grpc", 50051);

    assertThat(decode("{\"Op\":0,\"Addr\":\"10.0.0.1:50051\",\"Metadata\":null}")).isEqualTo(plain);
    assertThat(decode("{\"Op\":0,\"Addr\":\"10.0.0.1:50051\",\"Metadata\":\"v1\"}"))
        .isEqualTo(plain.withMetadata("metadata", "v1"));
    assertThat(decode("{\"Addr\":\"10.0.0.1:50051\",\"Metadata\":{\"weight\":5,\"x\":{}}}"))
        .isEqualTo(plain.withMetadata("weight", "5"));
    assertThat(decode("{\"Addr\":\"[::1]:50051\"}").host()).isEqualTo("::1");
    assertThat(decode("{\"Addr\":\"h\"}")).isEqualTo(ServiceInstance.of("payment", "a", "h"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10.0.0.1:80",
        "{}",
        "{\"Addr\":7}",
        "{\"Addr\":\"h:\"}",
        "{\"Addr\":\"h:x\"}",
        "{\"Addr\":\"h:0\"}",
        "{\"Addr\":\"unix:///x\"}",
        "{\"Op\":1,\"Addr\":\"h:80\"}"
      })
  void decode_malformed_isRefused(String text) {
    assertThatThrownBy(() -> decode(text)).isInstanceOf(MalformedInstanceException.class);
  }
}

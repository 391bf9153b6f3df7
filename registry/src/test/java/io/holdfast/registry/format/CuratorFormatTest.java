package io.holdfast.registry.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.MalformedInstanceException;
import io.holdfast.registry.RegistryFormat;
import io.holdfast.registry.ServiceInstance;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CuratorFormatTest {

  private static final ServiceInstance FULL =
      ServiceInstance.http("payment", "a", "10.0.0.1", 8080)
          .withPort("https", 8443)
          .withPort("admin", 9090)
          .withStatus(InstanceStatus.DRAINING)
          .withWeight(50)
          .withZone("z1")
          .withVersion("1.2.0")
          .withTags(Set.of("blue", "canary"))
          .withMetadata("shards", "1,2");

  private static ServiceInstance decode(String text) throws MalformedInstanceException {
    return CuratorFormat.spring().decode("payment", "a", Payload.utf8(text));
  }

  @Test
  void decode_whatWasEncodedInEitherShape_isTheSame() throws MalformedInstanceException {
    for (RegistryFormat format : Set.of(CuratorFormat.at("/base"), CuratorFormat.spring())) {
      for (InstanceStatus status : InstanceStatus.values()) {
        ServiceInstance instance = FULL.withStatus(status);
        assertThat(format.decode("payment", "a", format.encode(instance))).isEqualTo(instance);
        assertThat(format.encode(instance)).isEqualTo(format.encode(instance));
      }
    }
  }

  @Test
  void services_areAtTheBaseAndOutsideTheNamespace() {
    assertThat(CuratorFormat.spring().directory("payment"))
        .isEqualTo(Key.absolute("/services/payment"));
  }

  @Test
  void encode_notUp_isNotEnabled() {
    assertThat(CuratorFormat.at("/b").encode(FULL).text()).contains("\"enabled\":false");
    assertThat(CuratorFormat.at("/b").encode(FULL.withStatus(InstanceStatus.UP)).text())
        .contains("\"enabled\":true");
  }

  @Test
  void decode_asCuratorWritesIt_isRead() throws MalformedInstanceException {
    assertThat(
            decode(
                "{\"name\":\"payment\",\"id\":\"a\",\"address\":\"10.0.0.1\",\"port\":8080,"
                    + "\"sslPort\":null,\"payload\":null,\"registrationTimeUTC\":1700000000000,"
                    + "\"serviceType\":\"DYNAMIC\",\"uriSpec\":{\"parts\":[{\"value\":\"scheme\","
                    + "\"variable\":true}]}}"))
        .isEqualTo(ServiceInstance.http("payment", "a", "10.0.0.1", 8080));
  }

  @Test
  void decode_asSpringWritesIt_isReadWithItsMetadata() throws MalformedInstanceException {
    assertThat(
            decode(
                "{\"name\":\"payment\",\"id\":\"a\",\"address\":\"h\",\"port\":8080,"
                    + "\"payload\":{\"@class\":\"org.springframework.cloud.zookeeper.discovery"
                    + ".ZookeeperInstance\",\"id\":\"application-1\",\"name\":\"payment\","
                    + "\"metadata\":{\"instance_status\":\"OUT_OF_SERVICE\",\"zone\":\"z1\","
                    + "\"management.port\":\"9\",\"bad key\":\"dropped\"}}}"))
        .isEqualTo(
            ServiceInstance.http("payment", "a", "h", 8080)
                .withStatus(InstanceStatus.OUT_OF_SERVICE)
                .withZone("z1")
                .withMetadata("management.port", "9"));
  }

  private static ServiceInstance springWithWeight(String weight) throws MalformedInstanceException {
    return decode(
        "{\"name\":\"payment\",\"id\":\"a\",\"address\":\"h\",\"payload\":{\"@class\":\"org"
            + ".springframework.cloud.zookeeper.discovery.ZookeeperInstance\",\"metadata\":"
            + "{\"weight\":\""
            + weight
            + "\"}}}");
  }

  @Test
  void decode_springsWeights_areMeasuredByItsOrdinaryOne() throws MalformedInstanceException {
    assertThat(springWithWeight("1").weight()).isEqualTo(ServiceInstance.ORDINARY_WEIGHT);
    assertThat(springWithWeight("2").weight()).isEqualTo(2 * ServiceInstance.ORDINARY_WEIGHT);
    assertThat(springWithWeight("99999999999").weight()).isEqualTo(ServiceInstance.HIGHEST_WEIGHT);
    for (String none : Set.of("0", "-3", "2.5", "heavy", "")) {
      assertThat(springWithWeight(none).weight()).isEqualTo(ServiceInstance.ORDINARY_WEIGHT);
    }
  }

  @Test
  void encode_forSpring_hasTheWeightAsSpringMeasuresIt() {
    ServiceInstance plain = ServiceInstance.of("payment", "a", "h");

    assertThat(CuratorFormat.spring().encode(plain).text()).doesNotContain("\"weight\"");
    assertThat(CuratorFormat.spring().encode(plain.withWeight(300)).text())
        .contains("\"weight\":\"3\"");
    assertThat(CuratorFormat.spring().encode(plain.withWeight(10)).text())
        .contains("\"weight\":\"1\"");
    assertThat(CuratorFormat.at("/b").encode(plain.withWeight(10)).text())
        .doesNotContain("\"weight\"");
  }

  @Test
  void decode_somebodysPayload_isMetadataWhateverItIsCalled() throws MalformedInstanceException {
    ServiceInstance instance =
        decode(
            "{\"name\":\"payment\",\"id\":\"a\",\"address\":\"h\",\"payload\":"
                + "{\"weight\":0,\"instance_status\":\"fine\",\"zone\":\"z1\"}}");

    assertThat(instance)
        .isEqualTo(
            ServiceInstance.of("payment", "a", "h")
                .withZone("z1")
                .withMetadata("weight", "0")
                .withMetadata("instance_status", "fine"));
  }

  @Test
  void decode_classNames_areNeverFollowed() throws MalformedInstanceException {
    assertThat(
            decode(
                "{\"@class\":\"no.such.Type\",\"name\":\"payment\",\"id\":\"a\","
                    + "\"address\":\"h\",\"payload\":{\"@class\":\"javax.swing.JEditorPane\","
                    + "\"page\":\"http://10.255.255.1/\",\"deep\":[{\"@class\":\"x\"}]}}"))
        .isEqualTo(
            ServiceInstance.of("payment", "a", "h").withMetadata("page", "http://10.255.255.1/"));
  }

  @Test
  void decode_simplePayload_isKept() throws MalformedInstanceException {
    assertThat(
            decode("{\"name\":\"payment\",\"id\":\"a\",\"address\":\"h\",\"payload\":\"v2\"}")
                .metadata("payload"))
        .contains("v2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{}",
        "{\"name\":\"payment\",\"id\":\"a\"}",
        "{\"name\":\"payment\",\"id\":\"a\",\"address\":null}",
        "{\"name\":\"payment\",\"id\":\"b\",\"address\":\"h\"}",
        "{\"name\":\"other\",\"id\":\"a\",\"address\":\"h\"}",
        "{\"name\":\"payment\",\"id\":\"a\",\"address\":\"h\",\"port\":\"x\"}",
        "{\"name\":\"payment\",\"id\":\"a\",\"address\":\"h\",\"port\":70000}",
        "{\"name\":\"payment\",\"id\":\"a\",\"address\":\"a b\"}"
      })
  void decode_malformed_isRefused(String text) {
    assertThatThrownBy(() -> decode(text)).isInstanceOf(MalformedInstanceException.class);
  }
}

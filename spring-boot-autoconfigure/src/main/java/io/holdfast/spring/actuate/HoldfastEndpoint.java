package io.holdfast.spring.actuate;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * The endpoint {@code holdfast}: {@code GET} shows the session, what is registered and the sections
 * ({@code locks}, {@code locks/NAME}, {@code services}, {@code services/NAME}, {@code drains},
 * {@code explain/NAME}). {@code POST .../drain} takes this instance out of rotation and {@code POST
 * .../resume} puts it back; both need {@code management.endpoint.holdfast.access=unrestricted}. It
 * shows no credentials.
 */
@Endpoint(id = "holdfast", defaultAccess = Access.READ_ONLY)
public final class HoldfastEndpoint {

  private final Coordinator coordinator;
  private final @Nullable Registry registry;
  private final Map<String, EndpointSection> sections;
  private final Duration drainBound;

  /**
   * An endpoint with these sections.
   *
   * @param registry null if the application has none
   * @param drainBound how long a drain waits for the clients
   */
  public HoldfastEndpoint(
      Coordinator coordinator,
      @Nullable Registry registry,
      List<EndpointSection> sections,
      Duration drainBound) {
    this.coordinator = coordinator;
    this.registry = registry;
    this.sections =
        sections.stream().collect(Collectors.toMap(EndpointSection::name, Function.identity()));
    this.drainBound = drainBound;
  }

  /** The whole in short. */
  @ReadOperation
  public Map<String, Object> overview() {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("store", coordinator.toString());
    shown.put("owner", coordinator.options().owner().name());
    shown.put("session", SessionHealth.state(coordinator));
    if (registry != null) {
      shown.put(
          "registrations", registry.registrations().stream().map(HoldfastEndpoint::of).toList());
    }
    shown.put("sections", sections.keySet().stream().sorted().toList());
    return shown;
  }

  /** A section, or a part of it. */
  @ReadOperation
  public WebEndpointResponse<Object> section(
      @Selector(match = Selector.Match.ALL_REMAINING) String... path) {
    EndpointSection section = sections.get(path[0]);
    if (section == null) {
      return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
    }
    try {
      return section
          .read(List.of(path).subList(1, path.length))
          .map(found -> new WebEndpointResponse<>(found))
          .orElseGet(() -> new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND));
    } catch (IllegalArgumentException e) {
      return failed(e, WebEndpointResponse.STATUS_BAD_REQUEST);
    } catch (UnavailableException e) {
      return failed(e, WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
    }
  }

  /** Drains all that this process has registered, or makes it UP again. */
  @WriteOperation
  public WebEndpointResponse<Object> change(@Selector String action) {
    List<Registration> mine = registry == null ? List.of() : registry.registrations();
    return switch (action) {
      case "drain" ->
          new WebEndpointResponse<>(
              mine.stream().map(each -> each.drain(drainBound)).toList().stream()
                  .map(each -> Answers.within(drainBound.plusSeconds(1), each).toString())
                  .toList());
      case "resume" -> {
        mine.forEach(each -> each.updateStatus(InstanceStatus.UP));
        yield new WebEndpointResponse<>(mine.stream().map(HoldfastEndpoint::of).toList());
      }
      default -> new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
    };
  }

  private static WebEndpointResponse<Object> failed(RuntimeException e, int status) {
    return new WebEndpointResponse<>(Map.of("error", String.valueOf(e.getMessage())), status);
  }

  private static Map<String, Object> of(Registration registration) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("service", registration.instance().service());
    shown.put("id", registration.instance().id());
    shown.put("status", registration.instance().status().name());
    shown.put("published", registration.isPublished());
    return shown;
  }
}

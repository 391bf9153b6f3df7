package io.holdfast.spring.config;

import java.util.List;
import org.springframework.boot.context.config.ConfigDataLocation;
import org.springframework.boot.context.config.ConfigDataLocationResolver;
import org.springframework.boot.context.config.ConfigDataLocationResolverContext;
import org.springframework.boot.context.config.Profiles;
import org.springframework.core.Ordered;

/**
 * Resolves {@code holdfast:orders} to the group {@code orders}, and to {@code orders.prod} while
 * the profile {@code prod} is active; {@code holdfast:} alone is the group called like the
 * application.
 */
public final class GroupLocationResolver
    implements ConfigDataLocationResolver<GroupResource>, Ordered {

  static final String PREFIX = "holdfast:";

  @Override
  public boolean isResolvable(
      ConfigDataLocationResolverContext context, ConfigDataLocation location) {
    return location.hasPrefix(PREFIX);
  }

  @Override
  public List<GroupResource> resolve(
      ConfigDataLocationResolverContext context, ConfigDataLocation location) {
    return List.of(new GroupResource(group(context, location), location.isOptional()));
  }

  /** None of them needs to be there. */
  @Override
  public List<GroupResource> resolveProfileSpecific(
      ConfigDataLocationResolverContext context, ConfigDataLocation location, Profiles profiles) {
    String group = group(context, location);
    return profiles.getAccepted().stream()
        .map(profile -> GroupResource.of(group, profile, location.isOptional()))
        .toList();
  }

  private static String group(
      ConfigDataLocationResolverContext context, ConfigDataLocation location) {
    String named = location.getNonPrefixedValue(PREFIX).strip();
    return named.isEmpty()
        ? context
            .getBinder()
            .bind("spring.application.name", String.class)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "spring.config.import=holdfast: names no group, and there is no"
                            + " spring.application.name"))
        : named;
  }

  @Override
  public int getOrder() {
    return 0;
  }
}

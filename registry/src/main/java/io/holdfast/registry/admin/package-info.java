/**
 * For operators and their tools: {@link io.holdfast.registry.admin.RegistryAdmin} inspects
 * services, and overrides, drains and removes instances of any process. An application needs none
 * of it for its own instances.
 */
@NullMarked
package io.holdfast.registry.admin;

import org.jspecify.annotations.NullMarked;

/** Discovery on real clusters: draining, two registries as one, and foreign formats. */
@NullMarked
package io.holdfast.discovery;

import org.jspecify.annotations.NullMarked;

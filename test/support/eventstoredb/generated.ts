/**
 * The one door to the service definitions that `@eventstore/db-client` ships. They are internals of that package, so its
 * version is pinned and nothing else imports them.
 */

import gossipService from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import featuresService from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import status from '@eventstore/db-client/generated/status_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';

export type * as Shared from '@eventstore/db-client/generated/shared_pb.js';
export type * as Status from '@eventstore/db-client/generated/status_pb.js';
export type * as Streams from '@eventstore/db-client/generated/streams_pb.js';

export const { ServerFeaturesService } = featuresService;
export const { GossipService } = gossipService;
export const { StreamsService } = streamsService;
/** There are two kinds of Empty: the v1 stream messages want `shared.Empty`, batch error details `google.protobuf.Empty`. */
export const GoogleEmpty = empty.Empty;
export const { Any } = any;
export { features, gossip, shared, status, streams };

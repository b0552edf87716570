import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';

const VERSION = 0;

/**
 * Partition n of every topic goes to the same member: what concerns one person, on whatever topic, and that person's dead
 * letters are all with one instance.
 */
export const byPartition: PartitionAssigner = ({ cluster }) => ({
  name: 'TsunaguByPartition',
  version: VERSION,
  assign: async ({ members, topics }) => {
    const sorted = members.map(({ memberId }) => memberId).sort();
    return sorted.map((memberId, place) => {
      const mine = (topic: string): number[] =>
        cluster
          .findTopicPartitionMetadata(topic)
          .map(({ partitionId }) => partitionId)
          .filter((partition) => partition % sorted.length === place);
      const assignment = Object.fromEntries(topics.map((topic) => [topic, mine(topic)]));
      const memberAssignment = AssignerProtocol.MemberAssignment.encode({
        version: VERSION,
        assignment,
        userData: Buffer.alloc(0),
      });
      return { memberId, memberAssignment };
    });
  },
  protocol: ({ topics }) => ({
    name: 'TsunaguByPartition',
    metadata: AssignerProtocol.MemberMetadata.encode({ version: VERSION, topics, userData: Buffer.alloc(0) }),
  }),
});

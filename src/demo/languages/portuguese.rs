//! Portuguese.

use crate::demo::language::{Language, Problem, company};

pub(super) static PORTUGUESE: Language = Language {
    code: "pt",
    share: 8,
    companies: &[
        company("Conservas Maré Alta", "marealta.example.com", "MAREALTA"),
        company("Clínica São Valério", "saovalerio.example.org", "SAOVALERIO"),
    ],
    people: &[
        ("Benedita Açucena", "benedita.acucena"),
        ("Caetano Vilarinho", "caetano.vilarinho"),
        ("Fátima Serralheiro", "fatima.serralheiro"),
        ("Gonçalo Atouguia", "goncalo.atouguia"),
        ("Leonor Brandoa", "leonor.brandoa"),
        ("Simão Varziela", "simao.varziela"),
    ],
    greetings: &[
        "Olá, o meu nome é {technician}. Em que posso ajudar?",
        "Bom dia, fala {technician}. Já vejo o seu ecrã. O que aconteceu?",
    ],
    meanwhile: &[
        ["Um momento, por favor, estou a verificar.", "Com certeza."],
        ["Já aconteceu antes?", "Sim, há uns quinze dias."],
        ["Pode guardar os documentos abertos?", "Já guardei."],
        ["Vai demorar dois ou três minutos.", "Não há problema."],
    ],
    closings: &[
        ["Posso ajudar em mais alguma coisa?", "Não, era só isto. Agradeço imenso!"],
        ["Vou então encerrar a sessão. Tenha um bom dia!", "Igualmente, até à próxima."],
    ],
    labels: ["Etiqueta do ativo", "Pedido", "Departamento", "Empresa"],
    departments: &["Contabilidade", "Vendas", "Armazém", "Receção"],
    maintenance: &["Atualizações mensais instaladas pelo agente, reinício fora do horário."],
    problems: &[
        Problem {
            descriptions: &["A impressora está sempre desligada da rede."],
            talk: &[
                "A impressora desaparece da rede todos os dias.",
                "Recebe um endereço diferente cada manhã. Vou fixá-lo.",
                "Então é por isso que funciona depois de reiniciar!",
                "Exatamente. Imprima uma página, por favor.",
                "Saiu à primeira.",
            ],
            notes: &["Endereço fixo atribuído à impressora, teste concluído."],
        },
        Problem {
            descriptions: &["A VPN pede uma atualização que falha.", "Não consigo ligar-me à VPN."],
            talk: &[
                "A atualização da VPN falha sempre aos 80 %.",
                "Falta espaço no disco. Vou limpar os ficheiros temporários.",
                "Agora passou dos 80!",
                "Ótimo. Inicie sessão e confirme no telemóvel.",
                "Já tenho ligação.",
            ],
            notes: &[
                "Espaço libertado, cliente VPN atualizado.",
                "Perfil corrigido, ligação estável.",
            ],
        },
        Problem {
            descriptions: &["O meu correio deixou de sincronizar no telemóvel."],
            talk: &[
                "O correio no telemóvel parou ontem.",
                "A palavra-passe mudou ontem. O telemóvel ainda tem a antiga.",
                "Ah, pois foi.",
                "Abra as definições da conta e escreva a nova, por favor.",
                "Já estão a chegar as mensagens.",
            ],
            notes: &["Palavra-passe atualizada no telemóvel, sincronização confirmada."],
        },
        Problem {
            descriptions: &["O ecrã fica a piscar.", "O computador está muito lento."],
            talk: &[
                "O ecrã pisca de poucos em poucos segundos.",
                "O controlador gráfico é antigo. Vou instalar o atual.",
                "Ficou preto por um instante e voltou.",
                "É normal. Ainda pisca?",
                "Não, está estável. Que alívio!",
            ],
            notes: &[
                "Controlador gráfico atualizado, ecrã estável.",
                "Programas de arranque reduzidos, 12 GB libertados.",
            ],
        },
    ],
};
